package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What limits or stops an attempt does so inside the steps it is made of, though they set no limit of their own. */
abstract class NestedStopTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    private final TestDatabase db;
    private final String slow;
    private final AtomicInteger steps = new AtomicInteger();
    private @Nullable TestSession holder;
    private final DbopRunner once = DbopRunner.create()
            .named("nested")
            .policy(RetryPolicy.builder().maxRetries(0).build())
            .listeners();

    /**
     * Names the database.
     *
     * @param slow takes much longer than any test waits
     */
    NestedStopTest(TestDatabase db, String slow) {
        this.db = db;
        this.slow = slow;
    }

    /** Waits for a lock that is never released. */
    NestedStopTest(TestDatabase db) {
        this(db, "UPDATE held SET v = v + 1 WHERE id = 1");
    }

    @BeforeEach
    void holdTheLock() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS held",
                "CREATE TABLE held (id INT PRIMARY KEY, v INT)",
                "INSERT INTO held VALUES (1, 0)");
        if (slow.startsWith("UPDATE")) {
            TestSession session = TestSession.open(db);
            session.run("BEGIN", "UPDATE held SET v = 1 WHERE id = 1");
            holder = session;
        }
    }

    @AfterEach
    void releaseTheLock() throws SQLException {
        if (holder != null) {
            holder.close();
        }
    }

    private void slowStep(Connection c, DbopRunner step) throws SQLException {
        step.run(
                JdbcScope.savepoint(c),
                s -> step.run(JdbcScope.savepoint(s), deeper -> {
                    steps.incrementAndGet();
                    PlainSql.execute(deeper, slow);
                }));
    }

    private boolean stepIsRunning() throws SQLException {
        return steps.get() > 0
                && (holder == null
                        || db.sessions().stream().anyMatch(session -> session.state() == ServerSession.State.BLOCKED));
    }

    @Test
    void theStatementTimeoutOfTheWholeHoldsInItsSteps() {
        for (DbopRunner step : new DbopRunner[] {
            once, once.lockTimeout(Duration.ofSeconds(30)), once.statementTimeout(Duration.ofSeconds(30))
        }) {
            long start = System.nanoTime();
            Throwable failure = catchThrowable(() -> once.statementTimeout(Duration.ofMillis(700))
                    .run(JdbcScope.transaction(db.dataSource()), c -> slowStep(c, step)));

            assertThat(failure).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @Test
    void cancellingTheFutureOfTheWholeStopsItsSteps() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            AtomicReference<@Nullable Throwable> stopped = new AtomicReference<>();
            CompletableFuture<Boolean> call = DbopRunner.create()
                    .named("cancelled")
                    .listeners()
                    .callAsync(
                            AsyncAttemptScope.blocking(JdbcScope.transaction(db.dataSource()), threads),
                            c -> CompletableFuture.supplyAsync(
                                    () -> {
                                        try {
                                            // With its own retries, which are not to outlive the whole.
                                            slowStep(c, DbopRunner.create().listeners());
                                        } catch (SQLException failure) {
                                            stopped.set(failure);
                                            throw new CompletionException(failure);
                                        }
                                        return true;
                                    },
                                    threads));
            await().atMost(SOON).until(this::stepIsRunning);

            assertThat(call.cancel(true)).isTrue();

            await().atMost(SOON).untilAsserted(() -> assertThat(stopped.get()).isInstanceOf(SQLException.class));
            assertThat(steps).hasValue(1);
        } finally {
            threads.shutdown();
        }
    }
}
