package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** 40001: a snapshot, or a place in the serial order, that no savepoint can mend. */
class PostgreSqlSerializationFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";
    private static final String[] COMMITTED_BY_OTHER = {
        "BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1", "INSERT INTO acct VALUES (4, 10)", "COMMIT"
    };
    private static final String[] SKEW_OF_OTHER = {
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "SELECT sum(bal) FROM acct",
        "UPDATE acct SET bal = bal + 10 WHERE id = 1",
        "COMMIT"
    };

    private boolean again;

    PostgreSqlSerializationFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Runs statements in a session of their own, the first time only. */
    private void once(String... statements) throws SQLException {
        if (!again) {
            again = true;
            try (TestSession other = TestSession.open(db)) {
                other.run(statements);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE acct SET bal = bal + 1 WHERE id = 1",
                "DELETE FROM acct WHERE id = 1",
                "SELECT bal FROM acct WHERE id = 1 FOR UPDATE",
                "INSERT INTO acct VALUES (4, 1) ON CONFLICT (id) DO UPDATE SET bal = acct.bal + 1",
                "INSERT INTO acct VALUES (4, 1) ON CONFLICT (id) DO NOTHING"
            })
    void aRowChangedSinceTheSnapshotSendsTheStepToTheWholeTransaction(String sql) throws SQLException {
        Level level = Level.SAVEPOINT_AT_REPEATABLE_READ;
        int[] runs = {0};

        Outcome<Boolean> outcome = run(level, c -> {
            runs[0]++;
            once(COMMITTED_BY_OTHER);
            execute(c, sql);
        });

        assertSucceeded(outcome);
        assertThat(runs[0]).isEqualTo(2);
        assertThat(history.lines()).isEqualTo(level.goesUp("40001", "RETRY_TRANSACTION"));
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_REPEATABLE_READ", "SAVEPOINT_AT_SERIALIZABLE"})
    void theEffectIsThereOnceAfterAnUpdateOfAChangedRow(Level level) throws SQLException {
        assertSucceeded(run(level, c -> {
            once(COMMITTED_BY_OTHER);
            update(c, ADD_ONE);
        }));

        assertThat(history.lines()).isEqualTo(level.goesUp("40001", "RETRY_TRANSACTION"));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @Test
    void aTransactionScopeTakesANewSnapshotOnTheSameConnection() throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, step.isolation(Isolation.REPEATABLE_READ), c -> {
            query(c, "SELECT bal FROM acct");
            once(COMMITTED_BY_OTHER);
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 40001 RETRY_TRANSACTION");
        assertThat(balance(1)).isEqualTo(11);
        assertThat(pool.opened()).isEqualTo(1);
        assertThat(pool.returned()).isEqualTo(2);
        assertOuterKept(Level.TRANSACTION);
    }

    @Test
    void aSnapshotTakenInsideTheSavepointGoesUpAllTheSame() throws SQLException {
        try (Connection mine = db.connect()) {
            mine.setAutoCommit(false);
            execute(mine, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            var before = db.stateOf(mine);

            Outcome<Boolean> outcome = run(step, JdbcScope.savepoint(mine), c -> {
                query(c, "SELECT bal FROM acct");
                once(COMMITTED_BY_OTHER);
                update(c, ADD_ONE);
            });

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.BEYOND_REACH);
            assertThat(history.lines()).containsExactly("step #1 OPERATION 40001 RETRY_TRANSACTION");
            assertThat(db.stateOf(mine)).isEqualTo(before);
            mine.rollback();
        }
        assertThat(balance(1)).isEqualTo(10);
    }

    @Test
    void anAutocommitStatementThatMeetsANewerRowIsRepeated() throws SQLException {
        execute(pool.physical(), "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        pool.prepared();
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
            long self = db.sessionId(pool.physical());
            meanwhile(other, own -> {
                db.awaitBlocked(self);
                execute(own, "COMMIT");
                return true;
            });

            assertSucceeded(run(Level.AUTOCOMMIT, c -> update(c, ADD_ONE)));
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 40001 RETRY_TRANSACTION");
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(Level.AUTOCOMMIT);
    }

    @Test
    void writeSkewFoundDuringAWriteSendsTheStepToTheWholeTransaction() throws SQLException {
        Level level = Level.SAVEPOINT_AT_SERIALIZABLE;

        Outcome<Boolean> outcome = run(level, c -> {
            query(c, "SELECT sum(bal) FROM acct");
            once(SKEW_OF_OTHER);
            update(c, "UPDATE acct SET bal = bal + 1 WHERE id = 2");
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEqualTo(level.goesUp("40001", "RETRY_TRANSACTION"));
        assertThat(balance(2)).isEqualTo(1);
        assertOuterKept(level);
    }

    @Test
    void aDoomedTransactionIsRunAgainWhateverItDoesNext() throws SQLException {
        Outcome<Boolean> outcome = run(outer.isolation(Isolation.SERIALIZABLE), JdbcScope.transaction(pool), tx -> {
            query(tx, "SELECT sum(bal) FROM acct");
            update(tx, "UPDATE acct SET bal = bal + 1 WHERE id = 2");
            once(SKEW_OF_OTHER);
            step.run(JdbcScope.savepoint(tx), c -> query(c, "SELECT bal FROM acct"));
        });

        assertSucceeded(outcome);
        assertThat(history.lines())
                .containsExactly(
                        "step #1 OPERATION 40001 RETRY_TRANSACTION", "outer #1 OPERATION 40001 RETRY_TRANSACTION");
        assertThat(balance(2)).isEqualTo(1);
        pool.assertAsFound();
    }

    @Test
    void aDoomedTransactionFailsAtCommitWhenTheStepsFailureIsSwallowed() throws SQLException {
        Outcome<Boolean> outcome = run(outer.isolation(Isolation.SERIALIZABLE), JdbcScope.transaction(pool), tx -> {
            query(tx, "SELECT sum(bal) FROM acct");
            update(tx, "UPDATE acct SET bal = bal + 1 WHERE id = 2");
            boolean doomed = !again;
            once(SKEW_OF_OTHER);
            Throwable swallowed =
                    catchThrowable(() -> step.run(JdbcScope.savepoint(tx), c -> query(c, "SELECT bal FROM acct")));
            assertThat(History.code(swallowed)).isEqualTo(doomed ? "40001" : "");
        });

        assertSucceeded(outcome);
        assertThat(history.lines())
                .containsExactly(
                        "step #1 OPERATION 40001 RETRY_TRANSACTION", "outer #1 COMMIT 40001 RETRY_TRANSACTION");
        assertThat(balance(2)).isEqualTo(1);
        pool.assertAsFound();
    }

    @Test
    void writeSkewFoundAtCommitIsRunAgainOnTheSameConnection() throws SQLException {
        int[] runs = {0};

        Outcome<Boolean> outcome = run(Level.TRANSACTION, step.isolation(Isolation.SERIALIZABLE), c -> {
            runs[0]++;
            query(c, "SELECT sum(bal) FROM acct");
            update(c, "UPDATE acct SET bal = bal + 1 WHERE id = 2");
            once(SKEW_OF_OTHER);
        });

        assertSucceeded(outcome);
        assertThat(runs[0]).isEqualTo(2);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 40001 RETRY_TRANSACTION");
        assertThat(balance(2)).isEqualTo(1);
        assertThat(pool.opened()).isEqualTo(1);
        assertOuterKept(Level.TRANSACTION);
    }

    @Test
    void anInsertRaceIsASerializationFailureWhereTheKeyWasLookedForFirst() throws SQLException {
        Level level = Level.SAVEPOINT_AT_SERIALIZABLE;

        Outcome<Boolean> outcome = run(level, c -> {
            boolean missing = query(c, "SELECT id FROM uq WHERE id = 3").isEmpty();
            once(
                    "BEGIN ISOLATION LEVEL SERIALIZABLE",
                    "SELECT id FROM uq WHERE id = 3",
                    "INSERT INTO uq VALUES (3, 'other')",
                    "COMMIT");
            if (missing) {
                update(c, "INSERT INTO uq VALUES (3, 'mine')");
            }
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEqualTo(level.goesUp("40001", "RETRY_TRANSACTION"));
        assertThat(db.query("SELECT v FROM uq")).containsExactly("other");
        assertOuterKept(level);
    }

    @Test
    void anInsertRaceIsAUniqueViolationWhereTheKeyWasNot() throws SQLException {
        Level level = Level.SAVEPOINT_AT_SERIALIZABLE;

        Outcome<Boolean> outcome = run(level, c -> {
            once("INSERT INTO uq VALUES (3, 'other')");
            update(c, "INSERT INTO uq VALUES (3, 'mine')");
        });

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp("23505", "GIVE_UP"));
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }
}
