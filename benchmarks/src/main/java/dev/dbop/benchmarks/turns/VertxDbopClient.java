package dev.dbop.benchmarks.turns;

import dev.dbop.benchmarks.turns.VertxClient.VertxPool;
import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/** dbop on the Vert.x clients. */
final class VertxDbopClient implements Client {
    private final VertxPool pool;
    private final Dialect dialect;

    VertxDbopClient(VertxPool pool, Dialect dialect) {
        this.pool = pool;
        this.dialect = dialect;
    }

    private VertxRunner runner(Case counted) {
        return VertxRunner.of(pool.vertx(), DbopClient.runner(counted));
    }

    private static Future<Boolean> execute(SqlConnection connection, String sql) {
        return connection.query(sql).execute().map(true);
    }

    private Future<String> ask(SqlConnection connection) {
        return connection
                .query(dialect.ask().get(0))
                .execute()
                .map(rows -> String.valueOf(rows.iterator().next().getValue(0)));
    }

    @Override
    public void transaction(Case counted, Meter meter) {
        VertxPool.await(runner(counted)
                .call(VertxScope.transaction(pool.pool()), connection -> execute(connection, meter.update())));
    }

    @Override
    public void step(Case counted, Meter meter) {
        VertxPool.await(runner(Case.C)
                .call(
                        VertxScope.transaction(pool.pool()),
                        outer -> execute(outer, Dialect.UPDATE)
                                .compose(begun -> ask(outer))
                                .compose(before -> {
                                    meter.begin();
                                    return runner(counted)
                                            .call(VertxScope.savepoint(outer), step -> execute(step, meter.update()));
                                })
                                .compose(done -> {
                                    meter.end();
                                    return ask(outer);
                                })
                                .map(after -> {
                                    meter.limitAfter(after);
                                    return true;
                                })));
    }

    @Override
    public void read() {
        VertxPool.await(runner(Case.D)
                .call(VertxScope.autocommit(pool.pool()), connection -> execute(connection, Dialect.READ)));
    }

    @Override
    public void close() {
        pool.close();
    }
}
