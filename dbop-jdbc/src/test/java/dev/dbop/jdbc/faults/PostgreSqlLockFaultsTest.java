package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** 55P03: a lock that is not granted in time, or not at once. */
class PostgreSqlLockFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";

    private final DbopRunner impatient = step.lockTimeout(Duration.ofMillis(60));

    PostgreSqlLockFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Holds account 1. */
    private TestSession holder() throws SQLException {
        TestSession holder = TestSession.open(db);
        holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
        return holder;
    }

    private void leaveAfterTheFirstFailure(TestSession holder) {
        history.after("step", 1, () -> holder.run("COMMIT"));
    }

    @ParameterizedTest
    @EnumSource
    void aLockTimeoutIsHealedOnceTheHolderHasCommitted(Level level) throws SQLException {
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            assertSucceeded(run(level, impatient, c -> update(c, ADD_ONE)));
        }
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("55P03"));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aRowThatIsNotToBeWaitedForIsHealedLikeATimeout(Level level) throws SQLException {
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            assertSucceeded(run(level, c -> {
                query(c, "SELECT bal FROM acct WHERE id = 1 FOR UPDATE NOWAIT");
                update(c, ADD_ONE);
            }));
        }
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("55P03"));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @CsvSource({
        "SAVEPOINT_AT_READ_COMMITTED, LOCK TABLE acct IN EXCLUSIVE MODE NOWAIT",
        "SAVEPOINT_AT_REPEATABLE_READ, LOCK TABLE acct IN EXCLUSIVE MODE NOWAIT",
        "TRANSACTION, LOCK TABLE acct IN EXCLUSIVE MODE NOWAIT",
    })
    void aTableThatIsNotToBeWaitedForIsHealedLikeATimeout(Level level, String sql) throws SQLException {
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            assertSucceeded(run(level, c -> {
                execute(c, sql);
                update(c, ADD_ONE);
            }));
        }
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("55P03"));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "SAVEPOINT_AT_REPEATABLE_READ", "TRANSACTION"})
    void aBatchIsNoDifferent(Level level) throws SQLException {
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            assertSucceeded(run(level, impatient, c -> batch(c, "INSERT INTO uq VALUES (1, 'a')", ADD_ONE)));
        }
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("55P03"));
        assertThat(balance(1)).isEqualTo(11);
        assertThat(db.number("SELECT count(*) FROM uq")).isEqualTo(1);
        assertOuterKept(level);
    }

    private static void batch(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.addBatch(sql);
            }
            statement.executeBatch();
        }
    }

    /** A short batch is one unit, but pgjdbc sends a Sync, which commits, within a long one: none is repeated. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void aBatchInAutocommitMayBeCommittedInPartAndIsNotRepeated(int rowsBefore) throws SQLException {
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            String[] batch = new String[rowsBefore + 1];
            for (int i = 0; i < rowsBefore; i++) {
                batch[i] = "INSERT INTO uq VALUES (" + i + ", 'a')";
            }
            batch[rowsBefore] = ADD_ONE;

            Outcome<Boolean> outcome = run(Level.AUTOCOMMIT, impatient, c -> batch(c, batch));

            assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("OutcomeUnknownException(55P03)");
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 55P03 OUTCOME_UNKNOWN");
        assertThat(balance(1)).isEqualTo(10);
        boolean shortOne = rowsBefore == 1;
        assertThat(db.number("SELECT count(*) FROM uq")).isBetween(shortOne ? 0L : 1L, shortOne ? 0L : 999L);
        pool.assertAsFound();
    }

    @Test
    void anAutocommitAttemptThatHasWrittenBeforeIsNotRepeated() throws SQLException {
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            Outcome<Boolean> outcome = run(Level.AUTOCOMMIT, impatient, c -> {
                update(c, "INSERT INTO uq VALUES (1, 'a')");
                update(c, ADD_ONE);
            });

            assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("OutcomeUnknownException(55P03)");
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 55P03 OUTCOME_UNKNOWN");
        assertThat(balance(1)).isEqualTo(10);
        assertThat(db.number("SELECT count(*) FROM uq")).isEqualTo(1);
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION"})
    void aHolderThatNeverLeavesExhaustsTheRetriesAndLeavesNothing(Level level) throws SQLException {
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");

            Outcome<Boolean> outcome = run(level, step.lockTimeout(Duration.ofMillis(20)), c -> update(c, ADD_ONE));

            assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("55P03");
            assertThat(history.lines())
                    .startsWith(
                            "step #1 OPERATION 55P03 RETRY_SAVEPOINT",
                            "step #2 OPERATION 55P03 RETRY_SAVEPOINT",
                            "step #3 OPERATION 55P03 RETRY_SAVEPOINT",
                            "step #4 OPERATION 55P03 RETRY_SAVEPOINT")
                    .hasSize(level.isSavepoint() ? 5 : 4);
        }
        assertThat(balance(1)).isZero();
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @Test
    void equalTimeoutsOfLockAndStatementAreHealedToo() throws SQLException {
        Level level = Level.SAVEPOINT_AT_READ_COMMITTED;
        Duration limit = Duration.ofSeconds(1);
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            assertSucceeded(run(level, step.lockTimeout(limit).statementTimeout(limit), c -> update(c, ADD_ONE)));
        }
        // The statement's clock starts first.
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("57014"));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @Test
    void aLockTimeoutInCommitRunsTheTransactionAgain() throws SQLException {
        db.execute("INSERT INTO par VALUES (1)");
        int[] runs = {0};
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE par SET id = 2 WHERE id = 1");
            history.after("step", 1, () -> holder.run("ROLLBACK"));

            Outcome<Boolean> outcome = run(Level.TRANSACTION, impatient, c -> {
                runs[0]++;
                execute(c, "SET CONSTRAINTS ALL DEFERRED");
                update(c, "INSERT INTO chi VALUES (1, 1)");
            });

            assertSucceeded(outcome);
        }
        assertThat(runs[0]).isEqualTo(2);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 55P03 RETRY_TRANSACTION");
        assertThat(db.number("SELECT count(*) FROM chi")).isEqualTo(1);
        assertThat(pool.opened()).isEqualTo(1);
        pool.assertAsFound();
    }
}
