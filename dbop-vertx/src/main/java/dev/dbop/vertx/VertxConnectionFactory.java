package dev.dbop.vertx;

import dev.dbop.RandomSource;
import dev.dbop.Ticker;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.HostOrder;
import dev.dbop.connect.WalkLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a pool of the Vert.x clients which of several servers to connect to: a supplier for {@code
 * ClientBuilder.connectingTo}. The clients by themselves only take the next host of a list, dead or not, and do not look at
 * its role.
 *
 * <p>Searches like {@code dev.dbop.jdbc.connect.ConnectionFactory}: the hosts are shuffled once, when the factory is built; a
 * first pass takes them in that order, a failover pass tries all of them again, shuffled anew; what fits is {@linkplain
 * Dsn#target() the connection string's} {@code target_session_attrs}, by the server's own answer; a host that refuses user,
 * password or database ends the search; for some seconds, hosts that were of no use are tried after the others.
 *
 * <p>A client leaves no room to hand it a connection that is already open, so each search opens one of its own, asks, and
 * closes it; then the pool connects to the same host. That costs one more connect for each new connection of a pool; calls
 * that come in while a search is under way share it. In the moment between the two a server can still lose its role. What it
 * then says to the first write is worth another connection on MySQL and MariaDB (1290); on PostgreSQL it is final (25006),
 * since the client does not tell a standby from a read-only transaction.
 *
 * <p>Thread-safe; never blocks. A host that accepts and stays mute is left after its limit, and its socket closed. How long
 * the pool's own connect may take is a matter of the pool's options.
 */
public final class VertxConnectionFactory implements Supplier<Future<SqlConnectOptions>> {
    private final Vertx vertx;
    private final Dsn dsn;
    private final WalkLimits limits;
    private final Ticker ticker;
    private final HostOrder order;
    private final Function<HostAddress, ? extends SqlConnectOptions> options;
    private final AtomicReference<@Nullable Future<HostAddress>> running = new AtomicReference<>();

    private VertxConnectionFactory(Builder builder) {
        vertx = builder.vertx;
        dsn = builder.dsn;
        limits = builder.limits;
        ticker = builder.ticker;
        options = builder.options == null ? host -> HostOptions.of(dsn, host) : builder.options;
        order = HostOrder.of(dsn, builder.randomSource, ticker);
    }

    /**
     * Returns a factory with {@linkplain WalkLimits#of the usual limits}.
     *
     * @param vertx what the searches run on
     * @param dsn the hosts, the login, and which session is wanted
     * @return the factory
     * @throws IllegalArgumentException as {@link Builder#build} does
     */
    public static VertxConnectionFactory of(Vertx vertx, Dsn dsn) {
        return builder(vertx, dsn).build();
    }

    /**
     * Begins a factory.
     *
     * @param vertx what the searches run on
     * @param dsn the hosts, the login, and which session is wanted
     * @return a builder with the usual limits
     */
    public static Builder builder(Vertx vertx, Dsn dsn) {
        return new Builder(vertx, dsn);
    }

    /** Collects the settings of a factory. Not thread-safe. */
    public static final class Builder {
        private final Vertx vertx;
        private final Dsn dsn;
        private WalkLimits limits;
        private RandomSource randomSource = RandomSource.system();
        private Ticker ticker = Ticker.system();
        private @Nullable Function<HostAddress, ? extends SqlConnectOptions> options;

        private Builder(Vertx vertx, Dsn dsn) {
            this.vertx = Objects.requireNonNull(vertx, "vertx");
            this.dsn = Objects.requireNonNull(dsn, "dsn");
            this.limits = WalkLimits.of(dsn);
        }

        /**
         * Sets how long one host and the whole search may take, and how often all hosts are tried.
         *
         * @param value {@link WalkLimits#of} unless set
         * @return this
         */
        public Builder limits(WalkLimits value) {
            limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /**
         * Sets how the options of a host are made, for what a connection string cannot say. Called again for every use, and to
         * return a new object each time: a search changes the one it is given.
         *
         * @param value made from the connection string unless set
         * @return this
         */
        public Builder options(Function<HostAddress, ? extends SqlConnectOptions> value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /**
         * Sets what the hosts are shuffled by.
         *
         * @param value {@link RandomSource#system()} unless set
         * @return this
         */
        public Builder randomSource(RandomSource value) {
            randomSource = Objects.requireNonNull(value, "randomSource");
            return this;
        }

        /**
         * Sets the clock of the limit of the whole search.
         *
         * @param value {@link Ticker#system()} unless set
         * @return this
         */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /**
         * Makes the factory. Connects to nothing yet.
         *
         * @return the factory
         * @throws IllegalArgumentException if the connection string says what the client cannot be told, and no {@link #options}
         *     are given: see {@link VertxDsn}
         */
        public VertxConnectionFactory build() {
            if (options == null) {
                dsn.hosts().forEach(host -> HostOptions.of(dsn, host));
            }
            return new VertxConnectionFactory(this);
        }
    }

    /**
     * Searches for a host that fits.
     *
     * @return completes with its options; fails with the client's own failure if a host refuses user, password or database,
     *     and with a {@link java.net.ConnectException} that names every host with what it said if none fits, with the hosts' own
     *     failures suppressed
     */
    @Override
    public Future<SqlConnectOptions> get() {
        return host().map(options::apply);
    }

    private Future<HostAddress> host() {
        Promise<HostAddress> own = Promise.promise();
        Future<HostAddress> other = running.compareAndExchange(null, own.future());
        if (other != null) {
            return other;
        }
        // Composed: whatever is thrown must end the search too, for until then all calls wait for it.
        Future.succeededFuture().compose(begun -> search()).onComplete((host, failure) -> {
            running.set(null);
            if (failure == null) {
                own.complete(host);
            } else {
                own.fail(failure);
            }
        });
        return own.future();
    }

    private Future<HostAddress> search() {
        return new HostSearch(vertx, dsn.database(), options, order, limits, ticker)
                .from(order.walk(dsn.target(), limits.passes()));
    }

    /** Returns hosts and target, without login. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("VertxConnectionFactory[").append(dsn.target().text());
        order.hosts().forEach(host -> text.append(' ').append(host));
        return text.append(']').toString();
    }
}
