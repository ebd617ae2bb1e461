package dev.dbop.vertx.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.vertx.VertxRowWatch;
import dev.dbop.watch.WatchedRow;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code of the guide on watching rows, run. */
@RealDatabase(Database.POSTGRESQL)
final class RowWatchGuideTest {
    private final TestDatabase db;
    private final Vertx vertx = Vertx.vertx();

    RowWatchGuideTest(TestDatabase db) {
        this.db = db;
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void waitsWithoutBlocking() throws SQLException {
        db.execute("CREATE TABLE job (id INT PRIMARY KEY, state TEXT)", "INSERT INTO job VALUES (42, 'NEW')");
        for (String ddl : RowWatchSql.notifyTrigger(TableName.of("public", "job"), List.of("id"), "job_changes")) {
            db.execute(ddl);
        }
        PgConnectOptions options = new PgConnectOptions()
                .setHost(db.server().host())
                .setPort(db.server().port())
                .setDatabase(db.name())
                .setUser(db.login().user())
                .setPassword(db.login().password());
        Pool pool = PgBuilder.pool()
                .using(vertx)
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(options)
                .build();
        Promise<Void> request = Promise.promise();
        // snippet: vertx
        PgSubscriber subscriber = VertxRowWatch.subscriber(vertx, options); // one for all watches; comes back when lost
        subscriber.connect();

        Future<WatchedRow> done = VertxRowWatch.on(vertx, pool, TableName.of("job"))
                .where("id", 42)
                .every(Duration.ofSeconds(10))
                .within(Duration.ofMinutes(5))
                .notifiedBy(subscriber, "job_changes") // PostgreSQL only; without it the watch polls
                .until(request.future()) // nobody waits for the answer any more
                .await(row -> "DONE".equals(row.get("state")));
        // end snippet
        db.execute("UPDATE job SET state = 'DONE' WHERE id = 42");
        assertThat(await(done).get("id")).isEqualTo(42);
        request.complete();
        await(subscriber.close());
        await(pool.close());
        await(vertx.close());
    }
}
