package dev.dbop.vertx;

import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Ticker;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.watch.WatchPlan;
import dev.dbop.watch.WatchedRow;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks at rows through a pool. Immutable.
 *
 * @param ear has something run for every word of a change, and returns what ends that; or null
 */
record RowWatchLooks(Pool pool, DbopRunner runner, @Nullable Function<Runnable, Runnable> ear) {
    /** What one look has come to. */
    sealed interface Seen {
        /** The row, or null if it is not there. */
        record Found(@Nullable WatchedRow row) implements Seen {}

        /** Nothing, for a reason that passes with time. */
        record Missed(Throwable failure) implements Seen {}
    }

    RowWatchLooks heard(Function<Runnable, Runnable> by) {
        return new RowWatchLooks(pool, runner, by);
    }

    RowWatchLooks by(DbopRunner other) {
        return new RowWatchLooks(pool, other, ear);
    }

    Ticker ticker() {
        return Ticker.system();
    }

    /**
     * Looks once, with a few quick tries.
     *
     * @param ended stops the look when it completes
     * @return fails for what does not pass
     */
    Future<Seen> look(Vertx vertx, WatchPlan plan, Duration limit, Future<?> ended) {
        AtomicReference<@Nullable GiveUpReason> reason = new AtomicReference<>();
        DbopRunner limited = runner.readOnly()
                .isolation(Isolation.READ_COMMITTED)
                .policy(RetryPolicy.builder()
                        .attemptTimeout(limit)
                        .maxDuration(limit)
                        .build())
                .listener(event -> {
                    if (event instanceof RunEvent.GaveUp gaveUp) {
                        reason.set(gaveUp.reason());
                    }
                });
        return VertxRunner.of(vertx, limited)
                .until(ended)
                .<SqlConnection, Seen>call(VertxScope.transaction(pool), connection -> read(connection, plan))
                .recover(failure -> passes(reason.get())
                        ? Future.succeededFuture(new Seen.Missed(failure))
                        : Future.failedFuture(failure));
    }

    private static boolean passes(@Nullable GiveUpReason reason) {
        return reason == GiveUpReason.RETRIES_EXHAUSTED
                || reason == GiveUpReason.DEADLINE
                || reason == GiveUpReason.BUDGET_EMPTY;
    }

    private Future<Seen> read(SqlConnection connection, WatchPlan plan) {
        DatabaseMetadata server = connection.databaseMetadata();
        Database database = Database.of(server.productName(), server.fullVersion());
        boolean numbered = database.family() == Database.Family.POSTGRESQL;
        if (ear != null && !numbered) {
            throw new IllegalStateException("notifiedBy is set, and the database is " + database.productName()
                    + ": only PostgreSQL sends notifications; leave notifiedBy out to poll");
        }
        String sql = numbered
                ? plan.sql(database).selectNumbered()
                : plan.sql(database).select();
        return connection
                .preparedQuery(sql)
                .execute(Tuple.from(plan.keyValues()))
                .map(rows -> new Seen.Found(rows.size() == 0 ? null : only(rows, plan)));
    }

    private static WatchedRow only(RowSet<Row> rows, WatchPlan plan) {
        if (rows.size() > 1) {
            throw new IllegalStateException("there are several rows like the " + plan
                    + ": the key must tell one row from all others; add its other columns with where(column, value)");
        }
        Row row = rows.iterator().next();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < row.size(); i++) {
            values.put(row.getColumnName(i), row.getValue(i));
        }
        return WatchedRow.of(values);
    }
}
