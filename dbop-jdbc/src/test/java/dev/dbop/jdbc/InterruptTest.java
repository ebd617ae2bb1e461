package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What an interrupt does to a call: stop further attempts, never turn into a result, never lose the failure. */
@RealDatabase(Database.POSTGRESQL)
class InterruptTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create().named("interrupted").listeners();

    InterruptTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY)");
    }

    /**
     * How an interrupted call ended.
     *
     * @param outcome of the call
     * @param interrupted the thread's flag afterwards
     * @param attempts how often the operation ran
     */
    private record Ending(Outcome<Integer> outcome, boolean interrupted, int attempts) {}

    /**
     * Interrupts a call while its query waits for a lock.
     *
     * @param granted whether the lock is granted then: a platform thread goes on waiting for it
     */
    private Ending interruptedDuringAQuery(ExecutorService threads, boolean granted) throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (Connection blocker = db.connect();
                Statement lock = blocker.createStatement()) {
            lock.execute("SELECT pg_advisory_lock(1)");
            long[] session = new long[1];
            Thread[] caller = new Thread[1];
            Callable<Ending> call = () -> {
                caller[0] = Thread.currentThread();
                Outcome<Integer> outcome = runner.tryCall(JdbcScope.transaction(db.dataSource()), c -> {
                    attempts.incrementAndGet();
                    session[0] = db.sessionId(c);
                    try (Statement statement = c.createStatement()) {
                        statement.execute("INSERT INTO t VALUES (1); SELECT pg_advisory_xact_lock(1)");
                    }
                    return 1;
                });
                return new Ending(outcome, Thread.currentThread().isInterrupted(), attempts.get());
            };
            Future<Ending> ending = threads.submit(call);
            while (session[0] == 0) {
                Thread.onSpinWait();
            }
            db.awaitBlocked(session[0]);
            caller[0].interrupt();
            if (granted) {
                lock.execute("SELECT pg_advisory_unlock(1)");
            }
            return ending.get(30, TimeUnit.SECONDS);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aPlatformThreadFinishesItsQueryAndKeepsTheFlag() throws Exception {
        Ending ending = interruptedDuringAQuery(Executors.newSingleThreadExecutor(), true);

        assertThat(ending.outcome()).isInstanceOf(Outcome.Success.class);
        assertThat(ending.interrupted()).isTrue();
        assertThat(db.number("SELECT count(*) FROM t")).isEqualTo(1);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void aVirtualThreadLosesItsConnectionAndMakesNoFurtherAttempt() throws Exception {
        // Granted now, the lock might be answered before the thread has come to notice the interrupt.
        Ending ending = interruptedDuringAQuery(ManyThreadsTest.virtualThreads(), false);

        assertThat(ending.outcome()).isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
            assertThat(failure.failure()).isInstanceOf(SQLException.class);
            assertThat(failure.reason()).isEqualTo(GiveUpReason.INTERRUPTED);
        });
        assertThat(ending.interrupted()).isTrue();
        assertThat(ending.attempts()).isEqualTo(1);
        assertThat(db.number("SELECT count(*) FROM t")).isZero();
    }

    @Test
    void anInterruptDuringTheBackOffThrowsTheLastDatabaseFailure() throws Exception {
        Outcome<Integer> outcome = runner.sleeper(duration -> {
                    throw new InterruptedException();
                })
                .tryCall(JdbcScope.transaction(db.dataSource()), c -> {
                    db.kill(db.sessionId(c));
                    try (Statement statement = c.createStatement()) {
                        return statement.executeUpdate("INSERT INTO t VALUES (1)");
                    }
                });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
            assertThat(failure.failure())
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            lost -> assertThat(lost.getSQLState()).isEqualTo("57P01"));
            assertThat(failure.reason()).isEqualTo(GiveUpReason.INTERRUPTED);
        });
    }
}
