package dev.dbop.examples.vertxmysql;

import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/** What an application does. Any pool of {@code MySQLBuilder} will do, and {@code VertxRunner.create(vertx)}. */
final class Election {
    private final VertxRunner runner;
    private final Pool pool;

    Election(VertxRunner runner, Pool pool) {
        this.runner = runner;
        this.pool = pool;
    }

    // snippet: copy
    Future<Integer> vote(String voter, int party) {
        return runner.with(r -> r.named("vote"))
                .call(
                        VertxScope.transaction(pool), // run again as a whole when it must be ...
                        tx -> insertBallot(tx, voter)
                                .compose(cast -> runner.with(r -> r.named("count")
                                                .lockTimeout(Duration.ofSeconds(5))) // everybody wants this row
                                        .call(
                                                VertxScope.savepoint(tx), // ... and alone when that is enough
                                                step -> count(step, party))));
    }
    // end snippet

    private static Future<Integer> insertBallot(SqlConnection on, String voter) {
        return on.preparedQuery("INSERT INTO ballot (voter) VALUES (?)")
                .execute(Tuple.of(voter))
                .map(inserted -> inserted.rowCount());
    }

    private static Future<Integer> count(SqlConnection on, int party) {
        return on.preparedQuery("UPDATE party SET votes = votes + 1 WHERE id = ?")
                .execute(Tuple.of(party))
                .map(updated -> updated.rowCount());
    }
}
