package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 25P02 and swallowed failures: what follows from a failure never hides it, and never ends in a false success. */
class PostgreSqlAftermathFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";
    private static final String INSERT = "INSERT INTO uq VALUES (1, 'mine')";

    PostgreSqlAftermathFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        db.execute("INSERT INTO uq VALUES (1, 'other')");
    }

    private static void swallow(Connection connection, String sql, String code) {
        Throwable swallowed = catchThrowable(() -> update(connection, sql));
        assertThat(History.code(swallowed)).isEqualTo(code);
    }

    private TestSession holder() throws SQLException {
        TestSession holder = TestSession.open(db);
        holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
        return holder;
    }

    private void leaveAfterTheFirstFailure(TestSession holder) {
        history.after("step", 1, () -> holder.run("COMMIT"));
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "SAVEPOINT_AT_REPEATABLE_READ", "TRANSACTION"})
    void aStatementAfterAHopelessFailureIsFinalToo(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, c -> {
            swallow(c, INSERT, "23505");
            update(c, ADD_ONE);
        });

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp("25P02", "GIVE_UP"));
        assertThat(History.code(assertFailed(outcome).failure().getCause())).isEqualTo("23505");
        assertThat(balance(1)).isZero();
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "SAVEPOINT_AT_REPEATABLE_READ", "TRANSACTION"})
    void aStatementAfterALockTimeoutIsHealedAsTheLockTimeoutIs(Level level) throws SQLException {
        boolean[] first = {true};
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            Outcome<Boolean> outcome = run(level, c -> {
                if (first[0]) {
                    first[0] = false;
                    swallow(c, "LOCK TABLE acct IN EXCLUSIVE MODE NOWAIT", "55P03");
                }
                update(c, ADD_ONE);
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("25P02"));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @Test
    void aFailureWrappedByTheOperationIsFoundAllTheSame() throws SQLException {
        boolean[] first = {true};
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            Outcome<Boolean> outcome = run(Level.SAVEPOINT_AT_READ_COMMITTED, c -> {
                if (first[0]) {
                    first[0] = false;
                    swallow(c, "LOCK TABLE acct IN EXCLUSIVE MODE NOWAIT", "55P03");
                    Throwable follows = catchThrowable(() -> update(c, ADD_ONE));
                    throw new IllegalStateException("the operation's own", follows);
                }
                update(c, ADD_ONE);
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION IllegalStateException RETRY_SAVEPOINT");
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(Level.SAVEPOINT_AT_READ_COMMITTED);
    }

    @Test
    void aTransactionThatSwallowedAFailureThrowsTheFirstOneInsteadOfCommittingNothing() throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            swallow(c, INSERT, "23505");
            swallow(c, ADD_ONE, "25P02");
        });

        assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("23505");
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 23505 GIVE_UP");
        assertThat(balance(1)).isZero();
        assertThat(pool.opened()).isEqualTo(1);
        pool.assertAsFound();
    }

    @Test
    void aSavepointThatSwallowedAFailureThrowsTheFirstOneAndLeavesTheOuterTransactionAlive() throws SQLException {
        Outcome<Boolean> outcome = run(outer, JdbcScope.transaction(pool), tx -> {
            update(tx, "INSERT INTO outer_t VALUES (1)");
            Throwable thrown = catchThrowable(() -> step.run(JdbcScope.savepoint(tx), c -> {
                update(c, ADD_ONE);
                swallow(c, INSERT, "23505");
            }));
            assertThat(History.code(thrown)).isEqualTo("23505");
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 23505 GIVE_UP");
        assertThat(balance(1)).isZero();
        assertOuterKept(Level.SAVEPOINT_AT_READ_COMMITTED);
    }

    @Test
    void aTransactionThatSwallowedALockTimeoutIsRunAgain() throws SQLException {
        boolean[] first = {true};
        try (TestSession holder = holder()) {
            leaveAfterTheFirstFailure(holder);
            Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
                if (first[0]) {
                    first[0] = false;
                    swallow(c, "LOCK TABLE acct IN EXCLUSIVE MODE NOWAIT", "55P03");
                } else {
                    update(c, ADD_ONE);
                }
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines()).containsExactly("step #1 COMMIT 55P03 RETRY_TRANSACTION");
        assertThat(balance(1)).isEqualTo(11);
        pool.assertAsFound();
    }

    /** The first failure was healed, so it is not the one to throw; without a second one there is none. */
    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION"})
    void aFailureTheOperationHasHealedByASavepointOfItsOwnIsNone(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, c -> {
            Savepoint own = c.setSavepoint("own");
            swallow(c, INSERT, "23505");
            c.rollback(own);
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEmpty();
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    /** The server answers ROLLBACK to such a COMMIT, and the driver keeps that to itself. */
    @Test
    void theServerItselfWouldReportASuccess() throws SQLException {
        try (Connection plain = db.connect()) {
            plain.setAutoCommit(false);
            update(plain, ADD_ONE);
            swallow(plain, INSERT, "23505");
            plain.commit();
        }
        assertThat(balance(1)).isZero();
    }
}
