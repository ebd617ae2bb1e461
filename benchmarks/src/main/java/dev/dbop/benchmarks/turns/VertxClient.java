package dev.dbop.benchmarks.turns;

import dev.dbop.benchmarks.peers.Contended;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The Vert.x clients as one writes it, statement after statement. */
final class VertxClient implements Client {
    private final VertxPool pool;
    private final Dialect dialect;

    VertxClient(VertxPool pool, Dialect dialect) {
        this.pool = pool;
        this.dialect = dialect;
    }

    private static Future<String> ask(SqlConnection connection, String sql) {
        return connection
                .query(sql)
                .execute()
                .map(rows -> String.valueOf(rows.iterator().next().getValue(0)));
    }

    private static Future<Boolean> execute(SqlConnection connection, List<String> statements) {
        Future<Boolean> last = Future.succeededFuture(true);
        for (String statement : statements) {
            last = last.compose(done -> connection.query(statement).execute().map(true));
        }
        return last;
    }

    private static Future<Boolean> again(int attempts, Supplier<Future<Boolean>> attempt) {
        return attempt.get()
                .recover(failure ->
                        attempts > 1 && isBusy(failure) ? again(attempts - 1, attempt) : Future.failedFuture(failure));
    }

    private static boolean isBusy(Throwable failure) {
        return Contended.is(failure) || String.valueOf(failure.getMessage()).contains("busy");
    }

    private Future<Boolean> attempt(SqlConnection connection, Case counted, Meter meter, List<String> around) {
        List<String> statements = new ArrayList<>();
        statements.add(around.get(0));
        if (counted.limited) {
            statements.addAll(dialect.limits());
        }
        statements.add(meter.update());
        statements.add(around.get(1));
        return execute(connection, statements)
                .recover(failure ->
                        execute(connection, List.of(around.get(2))).compose(undone -> Future.failedFuture(failure)));
    }

    @Override
    public void transaction(Case counted, Meter meter) {
        String begin = counted.serializable && dialect.equals(Dialect.of(dev.dbop.sql.Database.POSTGRESQL))
                ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                : "BEGIN";
        VertxPool.await(pool.pool()
                .withConnection(connection -> again(
                        3,
                        () -> (counted.serializable && begin.equals("BEGIN")
                                        ? execute(connection, List.of("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
                                        : Future.succeededFuture(true))
                                .compose(set ->
                                        attempt(connection, counted, meter, List.of(begin, "COMMIT", "ROLLBACK"))))));
    }

    @Override
    public void step(Case counted, Meter meter) {
        String question = dialect.ask().get(0);
        VertxPool.await(pool.pool()
                .withConnection(connection -> execute(connection, List.of("BEGIN", Dialect.UPDATE))
                        .compose(begun -> ask(connection, question))
                        .compose(before -> {
                            meter.begin();
                            return again(
                                    3,
                                    () -> attempt(
                                            connection,
                                            counted,
                                            meter,
                                            List.of("SAVEPOINT s", "RELEASE SAVEPOINT s", "ROLLBACK TO SAVEPOINT s")));
                        })
                        .compose(done -> {
                            meter.end();
                            return ask(connection, question);
                        })
                        .compose(after -> {
                            meter.limitAfter(after);
                            return execute(connection, List.of("COMMIT"));
                        })));
    }

    @Override
    public void read() {
        VertxPool.await(pool.pool().withConnection(connection -> ask(connection, Dialect.READ)));
    }

    @Override
    public void close() {
        pool.close();
    }

    /** A pool and the Vert.x it runs on. */
    record VertxPool(Vertx vertx, Pool pool) {
        static <T> T await(Future<T> future) {
            return future.toCompletionStage().toCompletableFuture().join();
        }

        void close() {
            await(pool.close());
            await(vertx.close());
        }
    }
}
