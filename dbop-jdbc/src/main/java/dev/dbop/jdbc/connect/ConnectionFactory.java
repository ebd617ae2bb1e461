package dev.dbop.jdbc.connect;

import dev.dbop.RandomSource;
import dev.dbop.Ticker;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.HostOrder;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.sql.Database;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to whichever of several servers fits: a {@link DataSource} without a pool, to be put behind one.
 *
 * <p>The hosts of the connection string are shuffled once, when the factory is built, unless it says {@code
 * load_balance_hosts=disable}. A connection is looked for in passes:
 * the first takes the hosts in that order and ends with the first one that fits; if none does, a failover pass tries all of
 * them again, shuffled anew, since a standby may have been promoted meanwhile. For some seconds, hosts that were of no use
 * are tried after the others. Nothing is slept between passes: whoever wants to wait for a failover calls again, as a {@link
 * dev.dbop.DbopRunner} does.
 *
 * <p>What fits is {@linkplain Dsn#target() the connection string's} {@code target_session_attrs}, checked on every new
 * connection by asking the server ({@link dev.dbop.sql.RoleSql}: one round trip; none for {@code any}). For {@code
 * prefer-standby} the first other server that answers is kept while a standby is looked for. A server can change its role
 * later: PostgreSQL ends its sessions then; MySQL and MariaDB refuse to write, and {@link dev.dbop.jdbc.JdbcClassifier} says
 * {@link dev.dbop.Verdict#RETRY_CONNECTION}.
 *
 * <p>A host that refuses user, password or database ends the search, with its own exception; so does an interrupt, after the
 * host under way. Other failures are passed over. If nobody fits, an exception with SQLSTATE {@code 08001} names every host
 * with what it said, each host's own exception suppressed.
 *
 * <p>The connection handed out has the settings the connection string gives it, the network timeout included: the limit of
 * the search does not remain.
 *
 * <p>Thread-safe. Blocks for at most about {@link WalkLimits#total()}: the drivers apply the limit of a host to connecting
 * and to each answer they wait for, so that a mute host is left in time, while one that answers slowly, bit by bit, may take
 * longer; nor do they limit the look-up of names. PostgreSQL's driver counts in whole seconds, rounded up here.
 */
public final class ConnectionFactory implements DataSource {
    private final Dsn dsn;
    private final JdbcDriver driver;
    private final WalkLimits limits;
    private final Ticker ticker;
    private final HostOrder order;
    private volatile int loginTimeoutSeconds;

    private ConnectionFactory(Builder builder) {
        dsn = builder.dsn;
        driver = builder.driver;
        limits = builder.limits;
        ticker = builder.ticker;
        order = HostOrder.of(dsn, builder.randomSource, ticker);
    }

    /**
     * Returns a factory with {@linkplain WalkLimits#of the usual limits}.
     *
     * @param dsn the hosts, the login, and which session is wanted
     * @return the factory
     * @throws IllegalArgumentException as {@link Builder#build} does
     */
    public static ConnectionFactory of(Dsn dsn) {
        return builder(dsn).build();
    }

    /**
     * Returns a factory with {@linkplain WalkLimits#of the usual limits}.
     *
     * @param dsn a connection string with the hosts, the login, and which session is wanted
     * @return the factory
     * @throws IllegalArgumentException if it cannot be {@linkplain Dsn#parse parsed}, or as {@link Builder#build} does
     */
    public static ConnectionFactory of(String dsn) {
        return of(Dsn.parse(dsn));
    }

    /**
     * Begins a factory.
     *
     * @param dsn the hosts, the login, and which session is wanted
     * @return a builder with the usual limits
     */
    public static Builder builder(Dsn dsn) {
        return new Builder(dsn);
    }

    /** Collects the settings of a factory. Not thread-safe. */
    public static final class Builder {
        private final Dsn dsn;
        private JdbcDriver driver;
        private WalkLimits limits;
        private RandomSource randomSource = RandomSource.system();
        private Ticker ticker = Ticker.system();

        private Builder(Dsn dsn) {
            this.dsn = Objects.requireNonNull(dsn, "dsn");
            this.limits = WalkLimits.of(dsn);
            this.driver = ownDriver(dsn.database());
        }

        private static JdbcDriver ownDriver(Database database) {
            if (database.family() == Database.Family.POSTGRESQL) {
                return JdbcDriver.POSTGRESQL;
            }
            return database == Database.MARIADB ? JdbcDriver.MARIADB : JdbcDriver.MYSQL;
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
         * Sets the driver, which has to be on the class path.
         *
         * @param value the database's own unless set
         * @return this
         */
        public Builder driver(JdbcDriver value) {
            driver = Objects.requireNonNull(value, "driver");
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
         * @throws IllegalArgumentException if the connection string says what the driver cannot be told: see {@link
         *     Dsn#jdbcUrl(JdbcDriver)}
         */
        public ConnectionFactory build() {
            for (HostAddress host : dsn.hosts()) {
                dsn.only(host).jdbcUrl(driver);
            }
            dsn.jdbcProperties(driver);
            HostLogin.check(dsn, driver);
            return new ConnectionFactory(this);
        }
    }

    /**
     * Opens a connection with the login of the connection string. Blocks while it searches.
     *
     * @return the driver's connection, to be closed by the caller
     * @throws SQLException if a host refuses user, password or database, if no host fits (SQLSTATE {@code 08001}), or if no
     *     driver for the database is on the class path
     */
    @Override
    public Connection getConnection() throws SQLException {
        return search(dsn);
    }

    /**
     * Opens a connection with another login. Blocks while it searches.
     *
     * @param user the user
     * @param password the password
     * @return the driver's connection, to be closed by the caller
     * @throws SQLException as {@link #getConnection()}
     */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return search(dsn.withUser(user).withPassword(password));
    }

    private Connection search(Dsn login) throws SQLException {
        HostLogin hosts = new HostLogin(login, driver);
        return new HostSearch(hosts, order, login.target(), currentLimits(), ticker).run();
    }

    private WalkLimits currentLimits() {
        Duration login = Duration.ofSeconds(loginTimeoutSeconds);
        if (login.isZero() || login.compareTo(limits.total()) >= 0) {
            return limits;
        }
        // As by default a host gets a third: one that is mute must leave time for the others.
        Duration share = dsn.isMultiHost() ? login.dividedBy(3) : login;
        Duration host = share.compareTo(limits.host()) < 0 ? share : limits.host();
        return new WalkLimits(host, login, limits.passes());
    }

    /**
     * Returns which session is wanted.
     *
     * @return the connection string's
     */
    public TargetSession target() {
        return dsn.target();
    }

    /**
     * Shortens the search, as pools do by their own limit; it is never made longer than {@link WalkLimits#total()}. One of
     * several hosts gets a third of it at most.
     *
     * @param seconds the limit of the whole search; 0 for none but that
     * @throws SQLException if it is negative
     */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        if (seconds < 0) {
            throw new SQLException("seconds is " + seconds + ": must not be negative; set 0 for no limit but the"
                    + " factory's own, " + limits.total());
        }
        loginTimeoutSeconds = seconds;
    }

    /**
     * Returns what {@link #setLoginTimeout} has set.
     *
     * @return seconds, 0 for none
     */
    @Override
    public int getLoginTimeout() {
        return loginTimeoutSeconds;
    }

    /**
     * Returns nothing: the search is logged through SLF4J, at debug level.
     *
     * @return null
     */
    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /**
     * Refuses: the search is logged through SLF4J.
     *
     * @param out ignored
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("setLogWriter is not supported: dbop logs through SLF4J");
    }

    /**
     * Refuses: nothing is logged through java.util.logging.
     *
     * @return never
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("getParentLogger is not supported: dbop logs through SLF4J");
    }

    /**
     * Returns this factory as one of its own types.
     *
     * @param type a class or interface
     * @return this
     * @throws SQLException if this is none of that type
     */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("type is " + type.getName() + ": this is a "
                + getClass().getName() + ", which wraps nothing; unwrap to that or to DataSource");
    }

    /**
     * Says whether this factory is of a type; it wraps nothing.
     *
     * @param type a class or interface
     * @return whether {@link #unwrap} succeeds
     */
    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    /** Returns hosts and target, without login. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("ConnectionFactory[").append(target().text());
        for (HostAddress host : order.hosts()) {
            text.append(' ').append(host);
        }
        return text.append(']').toString();
    }
}
