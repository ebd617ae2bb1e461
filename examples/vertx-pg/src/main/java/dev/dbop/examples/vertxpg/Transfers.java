package dev.dbop.examples.vertxpg;

import dev.dbop.vertx.VertxCommitProbe;
import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;

/** What an application does. Any pool of {@code PgBuilder} will do, and {@code VertxRunner.create(vertx)}. */
final class Transfers {
    private final VertxRunner runner;
    private final Pool pool;

    Transfers(VertxRunner runner, Pool pool) {
        this.runner = runner;
        this.pool = pool;
    }

    // snippet: copy
    /** Ends early, and undone, when nobody waits for it any more: {@code gone} is that of the HTTP request, say. */
    Future<Void> transfer(int from, int to, int amount, Future<?> gone) {
        return runner.with(r -> r.named("transfer"))
                .until(gone)
                .call(VertxScope.transaction(pool, VertxCommitProbe.pgXactStatus()), tx -> {
                    Future<Integer> taken = add(tx, from, -amount); // both go out at once, right behind BEGIN
                    Future<Integer> given = add(tx, to, amount);
                    return Future.all(taken, given).mapEmpty();
                });
    }

    private static Future<Integer> add(SqlConnection on, int account, int amount) {
        return on.preparedQuery("UPDATE account SET balance = balance + $1 WHERE id = $2")
                .execute(Tuple.of(amount, account))
                .map(updated -> updated.rowCount());
    }
    // end snippet
}
