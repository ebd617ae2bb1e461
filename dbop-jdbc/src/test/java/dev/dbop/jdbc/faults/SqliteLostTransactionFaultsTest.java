package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.ProgressHandler;

/** Errors with which SQLite rolls the whole transaction back: whatever came next would commit on its own. */
@RealDatabase(Database.SQLITE)
class SqliteLostTransactionFaultsTest extends SqliteFaultsTest {
    private static final String ENDLESS_WRITE =
            "INSERT INTO outer_t WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    /** Endless as well, but it does not fill the disk. */
    private static final String ENDLESS_THIN_WRITE = ENDLESS_WRITE + " WHERE i % 1000 = 0";

    private static final String ENDLESS_READ =
            "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    /** What loses the transaction. */
    enum Loss {
        INTERRUPT("9", ENDLESS_WRITE),
        FULL("13", "INSERT INTO uq VALUES (9, zeroblob(10000000))"),
        RAISE("1811", "INSERT INTO guarded VALUES (1)"),
        ON_CONFLICT("1555", "INSERT OR ROLLBACK INTO uq VALUES (1, 'b')"),
        ON_CONFLICT_UNIQUE("2067", "INSERT OR ROLLBACK INTO uq VALUES (9, 'a')");

        private final String code;
        private final String sql;

        Loss(String code, String sql) {
            this.code = code;
            this.sql = sql;
        }
    }

    SqliteLostTransactionFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        db.execute(
                "DROP TABLE IF EXISTS guarded",
                "CREATE TABLE guarded (id INT)",
                "CREATE TRIGGER guard BEFORE INSERT ON guarded BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
        Connection physical = pool.physical();
        query(physical, "PRAGMA max_page_count = 100");
        stopEveryLongStatement(physical);
        pool.prepared();
    }

    /** Stands for somebody else in the process who stops what runs. */
    private static void stopEveryLongStatement(Connection connection) throws SQLException {
        ProgressHandler.setHandler(connection, 100_000, new ProgressHandler() {
            @Override
            protected int progress() {
                return 1;
            }
        });
    }

    private void assertFinal(Outcome<Boolean> outcome, String code) throws SQLException {
        assertThat(History.code(assertFailed(outcome).failure())).isEqualTo(code);
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertNothingDone();
    }

    private void assertNothingDone() throws SQLException {
        pool.assertAsFound();
        assertThat(balance(1)).isZero();
        assertThat(outerRows()).isZero();
        assertThat(pool.opened()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionIsGivenUp(Loss loss) throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            update(c, loss.sql);
        });

        assertFinal(outcome, loss.code);
        assertThat(history.lines()).containsExactly("step #1 OPERATION " + loss.code + " GIVE_UP");
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionWhoseOperationSwallowsItNeitherGoesOnNorCommits(Loss loss) throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            swallow(c, loss);
            assertThat(catchThrowable(() -> update(c, ADD_TEN)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("did not survive");
        });

        assertFinal(outcome, loss.code);
    }

    private static void swallow(Connection connection, Loss loss) {
        assertThat(History.code(catchThrowable(() -> update(connection, loss.sql))))
                .isEqualTo(loss.code);
    }

    @ParameterizedTest
    @EnumSource
    void aStepInASavepointTakesTheOuterTransactionWithIt(Loss loss) throws SQLException {
        Level level = Level.SAVEPOINT_AT_SERIALIZABLE;

        assertFinal(run(level, c -> update(c, loss.sql)), loss.code);

        assertThat(history.lines()).isEqualTo(level.goesUp(loss.code, "GIVE_UP"));
    }

    @ParameterizedTest
    @EnumSource
    void aStepInASavepointThatSwallowsItFailsAllTheSame(Loss loss) throws SQLException {
        assertFinal(run(Level.SAVEPOINT_AT_SERIALIZABLE, c -> swallow(c, loss)), loss.code);
    }

    @ParameterizedTest
    @EnumSource
    void anOuterOperationThatSwallowsTheStepsFailureNeitherGoesOnNorCommits(Loss loss) throws SQLException {
        Outcome<Boolean> outcome = run(outer, JdbcScope.transaction(pool), tx -> {
            update(tx, "INSERT INTO outer_t VALUES (1)");
            Throwable swallowed = catchThrowable(() -> step.run(JdbcScope.savepoint(tx), c -> update(c, loss.sql)));
            assertThat(History.code(swallowed)).isEqualTo(loss.code);
            assertThat(catchThrowable(() -> update(tx, ADD_TEN))).isInstanceOf(SQLException.class);
            assertThat(catchThrowable(() -> step.run(JdbcScope.savepoint(tx), c -> update(c, ADD_TEN))))
                    .isInstanceOf(SQLException.class);
        });

        assertFinal(outcome, loss.code);
    }

    @ParameterizedTest
    @EnumSource
    void anAutocommitStatementIsGivenUpAndLeavesNothing(Loss loss) throws SQLException {
        assertFinal(run(Level.AUTOCOMMIT, c -> update(c, loss.sql)), loss.code);
    }

    /** The statement is not more than a read, and the transaction goes on. */
    @Test
    void anInterruptedReadLosesNothing() throws SQLException {
        Outcome<Boolean> outcome = run(Level.SAVEPOINT_AT_SERIALIZABLE, c -> {
            assertThat(History.code(catchThrowable(() -> query(c, ENDLESS_READ))))
                    .isEqualTo("9");
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(Level.SAVEPOINT_AT_SERIALIZABLE);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION", "AUTOCOMMIT"})
    void anInterruptedReadIsFinalUnlessSwallowed(Level level) throws SQLException {
        assertFinal(run(level, c -> query(c, ENDLESS_READ)), "9");

        assertThat(history.lines()).isEqualTo(level.goesUp("9", "GIVE_UP"));
    }

    private void letLongStatementsRun() throws SQLException {
        ProgressHandler.clearHandler(pool.physical());
        query(pool.physical(), "PRAGMA max_page_count = 1000000");
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION", "AUTOCOMMIT"})
    void aWriteStoppedByItsStatementTimeoutIsRunAgain(Level level) throws SQLException {
        letLongStatementsRun();
        boolean[] slow = {true};

        Outcome<Boolean> outcome = run(level, limitedWhile(() -> slow[0]), c -> {
            if (slow[0]) {
                slow[0] = false;
                update(c, ENDLESS_WRITE);
            }
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("9"));
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION", "AUTOCOMMIT"})
    void aWriteStoppedBecauseTheAttemptsTimeIsUpIsRunAgain(Level level) throws SQLException {
        letLongStatementsRun();
        boolean[] slow = {true};

        // More time than the second attempt needs.
        Outcome<Boolean> outcome = run(
                level,
                step.policy(
                        QUICK.toBuilder().attemptTimeout(Duration.ofSeconds(4)).build()),
                c -> {
                    if (slow[0]) {
                        slow[0] = false;
                        update(c, ENDLESS_THIN_WRITE);
                    }
                    update(c, ADD_ONE);
                });

        assertSucceeded(outcome);
        // Whether the attempt's limit or the statement's strikes first makes no difference to the caller.
        assertThat(history.lines()).hasSize(level.isSavepoint() ? 2 : 1).allMatch(line -> line.contains("(9) RETRY_"));
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }
}
