package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand calls at once on twenty connections, in trouble all the time: each is done once, and nothing is left. */
@Timeout(120)
abstract class ManyCallsTest {
    private static final int CALLS = 10_000;
    private static final int CONNECTIONS = 20;
    private static final int ROWS = 100;
    /** Every so many calls fail once, or lose their connection. */
    private static final int FAILING = 50;

    private static final int LOSING = 500;

    private final TestDatabase db;
    private final String deadlock;
    private final AtomicInteger attempts = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    ManyCallsTest(TestDatabase db, String deadlock) {
        this.db = db;
        this.deadlock = deadlock;
    }

    private void createTable() throws SQLException {
        db.execute("CREATE TABLE many (id INT PRIMARY KEY, v INT NOT NULL)");
        StringBuilder rows = new StringBuilder("INSERT INTO many VALUES (0, 0)");
        for (int i = 1; i < ROWS; i++) {
            rows.append(", (").append(i).append(", 0)");
        }
        db.execute(rows.toString());
    }

    @Test
    void everyCallIsDoneOnceAndNothingIsLeft() throws SQLException {
        createTable();
        long threads = ownThreads();
        try (BlockedLoops blocked = BlockedLoops.of(Clients.VERTX);
                FaultProxy proxy = FaultProxy.to(db)) {
            PoolOptions options = new PoolOptions()
                    .setMaxSize(CONNECTIONS)
                    .setConnectionTimeout(100)
                    .setConnectionTimeoutUnit(TimeUnit.SECONDS);
            Pool pool = Clients.pool(db, proxy, options, each -> each);
            runAll(pool, proxy);
            Clients.close(pool);

            assertThat(failures).isEmpty();
            assertThat(blocked.found()).as("threads of Vert.x that wait").isEmpty();
        }
        assertThat(db.number("SELECT SUM(v) FROM many")).isEqualTo(CALLS);
        assertThat(attempts.get()).isGreaterThanOrEqualTo(CALLS + CALLS / FAILING);
        assertThat(ownThreads()).as("threads beside those of Vert.x").isLessThanOrEqualTo(threads);
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("dbop-timer")
                        || thread.getName().startsWith("dbop-cancel"))
                .count();
    }

    private void runAll(Pool pool, FaultProxy proxy) {
        VertxRunner runner = VertxRunner.of(
                Clients.VERTX,
                DbopRunner.create()
                        .policy(RetryPolicy.builder()
                                .maxRetries(100)
                                .initialDelay(Duration.ofMillis(2))
                                .maxDelay(Duration.ofMillis(100))
                                .attemptTimeout(Duration.ofSeconds(90))
                                .build())
                        .listeners());
        AtomicInteger open = new AtomicInteger(CALLS);
        Promise<Boolean> all = Promise.promise();
        for (int i = 0; i < CALLS; i++) {
            int number = i;
            AtomicInteger tries = new AtomicInteger();
            runner.call(VertxScope.transaction(pool), c -> raise(c, number, tries.incrementAndGet(), proxy))
                    .onComplete((done, failure) -> {
                        if (failure != null) {
                            failures.add(failure);
                        }
                        if (open.decrementAndGet() == 0) {
                            all.complete(true);
                        }
                    });
        }
        Clients.await(all.future());
    }

    private Future<?> raise(SqlConnection connection, int number, int attempt, FaultProxy proxy) {
        attempts.incrementAndGet();
        Future<?> raised = connection
                .query("UPDATE many SET v = v + 1 WHERE id = " + number % ROWS)
                .execute();
        if (attempt > 1 || number % FAILING != 0) {
            return raised;
        }
        if (number % LOSING == 0) {
            proxy.cutBeforeForwarding(FaultProxy.containing("lost"));
        }
        String trouble = number % LOSING == 0 ? "SELECT 'lost'" : deadlock;
        return raised.compose(done -> connection.query(trouble).execute());
    }
}
