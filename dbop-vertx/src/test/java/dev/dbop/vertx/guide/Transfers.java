package dev.dbop.vertx.guide;

// snippet: first
import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

final class Transfers {
    private final VertxRunner runner;
    private final Pool pool; // of PgBuilder or MySQLBuilder

    Transfers(Vertx vertx, Pool pool) {
        this.runner = VertxRunner.create(vertx).with(r -> r.lockTimeout(Duration.ofSeconds(3)));
        this.pool = pool;
    }

    Future<Integer> transfer(int from, int to, int amount) {
        return runner.with(r -> r.named("transfer"))
                .call(
                        VertxScope.transaction(pool),
                        tx -> // run again as a whole when it must be ...
                        add(tx, from, -amount)
                                .compose(taken -> runner.with(r -> r.named("credit"))
                                        // ... and alone when that is enough
                                        .call(VertxScope.savepoint(tx), step -> add(step, to, amount))));
    }

    private static Future<Integer> add(SqlConnection on, int account, int amount) {
        return on.preparedQuery("UPDATE account SET balance = balance + $1 WHERE id = $2") // MySQL: ? and ?
                .execute(Tuple.of(amount, account))
                .map(updated -> updated.rowCount());
    }
}
// end snippet
