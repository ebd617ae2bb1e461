package dev.dbop.vertx;

import dev.dbop.Ticker;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.HostOrder;
import dev.dbop.connect.HostWalk;
import dev.dbop.connect.ServerRole;
import dev.dbop.connect.WalkLimits;
import dev.dbop.sql.Database;
import dev.dbop.sql.RoleSql;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Performs one {@link HostWalk} with connections of its own, which it closes again. */
final class HostSearch {
    private static final Logger LOG = LoggerFactory.getLogger(VertxConnectionFactory.class);

    private final Vertx vertx;
    private final Database database;
    private final Function<HostAddress, ? extends SqlConnectOptions> options;
    private final HostOrder order;
    private final WalkLimits limits;
    private final Ticker ticker;
    private final long begun;

    HostSearch(
            Vertx vertx,
            Database database,
            Function<HostAddress, ? extends SqlConnectOptions> options,
            HostOrder order,
            WalkLimits limits,
            Ticker ticker) {
        this.vertx = vertx;
        this.database = database;
        this.options = options;
        this.order = order;
        this.limits = limits;
        this.ticker = ticker;
        this.begun = ticker.nanoTime();
    }

    Future<HostAddress> from(HostWalk walk) {
        if (!(walk.step() instanceof HostWalk.Step.Try next)) {
            order.learn(walk);
            return result(walk);
        }
        Duration limit = limits.next(elapsed());
        if (limit.isZero()) {
            return from(walk.timeUp());
        }
        return role(next, limit)
                .transform((role, failure) ->
                        from(failure == null ? walk.reached(role) : afterFailure(walk, next.host(), failure)));
    }

    private HostWalk afterFailure(HostWalk walk, HostAddress host, Throwable failure) {
        LOG.debug("{} gave no session", host, failure);
        boolean refused = failure instanceof DatabaseException refusal
                && RoleSql.endsWalk(database, VertxFaults.errorOf(refusal));
        return refused ? walk.refused(failure) : walk.failed(failure);
    }

    /** On a pool of one, because a pool is what any of the clients can be asked for, and ends what it has begun. */
    private Future<@Nullable ServerRole> role(HostWalk.Step.Try next, Duration limit) {
        long millis = Math.max(1, limit.plusNanos(999_999).toMillis());
        Pool pool;
        try {
            SqlConnectOptions once = options.apply(next.host()).setReconnectAttempts(0);
            pool = Pool.pool(vertx, once, new PoolOptions().setMaxSize(1));
        } catch (RuntimeException refused) {
            return Future.failedFuture(refused);
        }
        Future<@Nullable ServerRole> role = pool.getConnection()
                .compose(connection -> next.asksRole() ? ask(connection) : Future.succeededFuture());
        return role.timeout(millis, TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? new TimeoutException("no answer within " + millis + " ms")
                                : failure))
                .onComplete((answer, failure) ->
                        pool.close().onFailure(gone -> LOG.trace("a search's connection was not closed", gone)));
    }

    private Future<@Nullable ServerRole> ask(SqlConnection connection) {
        return connection
                .query(RoleSql.query(database))
                .execute()
                .map(rows -> ServerRole.of(rows.iterator().next().getString(0)));
    }

    private Future<HostAddress> result(HostWalk walk) {
        HostWalk.Step end = walk.step();
        if (end instanceof HostWalk.Step.Use use) {
            return Future.succeededFuture(use.host());
        }
        if (end instanceof HostWalk.Step.Refuse refuse) {
            // The clients' exceptions take nothing suppressed; earlier hosts' failures are in the log.
            return Future.failedFuture(refuse.failure());
        }
        boolean timeUp = end instanceof HostWalk.Step.Fail fail && fail.timeUp();
        String why = timeUp ? "after " + elapsed().toMillis() + " ms, of " + limits.total() + " allowed: " : "";
        ConnectException failure = new ConnectException(why + walk.explanation());
        walk.failures().forEach(failure::addSuppressed);
        return Future.failedFuture(failure);
    }

    private Duration elapsed() {
        return Duration.ofNanos(ticker.nanoTime() - begun);
    }
}
