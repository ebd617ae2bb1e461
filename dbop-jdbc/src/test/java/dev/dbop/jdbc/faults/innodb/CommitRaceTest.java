package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An administrator strikes at some moment before, during or after COMMIT. What the call says must be what is there. */
abstract class CommitRaceTest extends InnoDbFaultsTest {
    private static final int TRIES = 100;
    private static final long SPREAD_NANOS = Duration.ofMillis(4).toNanos();

    private final ExecutorService administrator = Executors.newSingleThreadExecutor();
    private int committed;
    private int unknown;
    private int failed;

    CommitRaceTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @AfterEach
    void stop() throws InterruptedException {
        administrator.shutdown();
        assertThat(administrator.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Does something to a session. */
    @FunctionalInterface
    private interface Strike {
        void at(long session) throws SQLException;
    }

    @Test
    void withKillIsNeverCountedWrongly() throws SQLException {
        race(db::kill);
        // The first strikes come before the COMMIT is sent; the last try is not struck.
        assertThat(unknown).isPositive();
        assertThat(committed).isPositive();
        assertThat(failed).isZero();
    }

    @Test
    void withKillQueryIsNeverUnknown() throws SQLException {
        race(db::cancel);
        assertThat(unknown).isZero();
        assertThat(committed).isPositive();
    }

    /** Ours is the strike then: it may stop the statement, the COMMIT or nothing at all. */
    @Test
    void withTheStatementTimeoutIsNeverCountedTwice() throws SQLException {
        DbopRunner hasty = plain.policy(RetryPolicy.noRetries());
        for (int i = 0; i < TRIES; i++) {
            String name = "try " + i;
            DbopRunner limited = hasty.statementTimeout(Duration.ofNanos(1 + SPREAD_NANOS * i / TRIES));
            noteBy(
                    limited,
                    i % 2 == 0 ? JdbcScope.transaction(db.dataSource()) : JdbcScope.autocommit(db.dataSource()),
                    name);
        }
        noteBy(hasty, JdbcScope.transaction(db.dataSource()), "unlimited");
        assertThat(unknown).isZero();
        assertThat(committed).isPositive();
    }

    private void noteBy(DbopRunner runner, AttemptScope<Connection, SQLException> scope, String name)
            throws SQLException {
        Outcome<CompletableFuture<Void>> outcome = runner.tryCall(scope, c -> {
            note(c, name);
            return CompletableFuture.completedFuture(null);
        });
        count(outcome, noted(name), name);
    }

    private void race(Strike strike) throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            noteAndBeStruck("try " + i, SPREAD_NANOS * (i - TRIES / 4) / TRIES, strike);
        }
        noteAndBeStruck("not struck", 0, session -> {});
    }

    private void noteAndBeStruck(String name, long delay, Strike strike) throws SQLException {
        Outcome<CompletableFuture<Void>> outcome = plain.tryCall(JdbcScope.transaction(db.dataSource()), tx -> {
            note(tx, name);
            long victim = db.sessionId(tx);
            CompletableFuture<Void> struck =
                    CompletableFuture.runAsync(() -> strike(strike, victim, delay), administrator);
            if (delay < 0) {
                struck.join();
            }
            return struck;
        });
        count(outcome, noted(name), name);
    }

    private static void strike(Strike strike, long victim, long delay) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < delay) {
            LockSupport.parkNanos(delay / 4);
        }
        try {
            strike.at(victim);
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private void count(Outcome<CompletableFuture<Void>> outcome, long rows, String name) {
        if (outcome instanceof Outcome.Success<CompletableFuture<Void>> success) {
            success.result().join();
            assertThat(rows).as(name + " succeeded").isEqualTo(1);
            committed++;
        } else if (((Outcome.Failure<?>) outcome).failure() instanceof OutcomeUnknownException) {
            assertThat(rows).as(name + " is unknown").isLessThanOrEqualTo(1);
            unknown++;
        } else {
            assertThat(rows).as(name + " failed: " + outcome).isZero();
            failed++;
        }
    }
}
