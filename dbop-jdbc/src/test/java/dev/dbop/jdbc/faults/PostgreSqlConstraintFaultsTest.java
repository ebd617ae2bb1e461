package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.Classifier;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Class 23: data that must not be. Not retried, unless the caller says that it was a race. */
class PostgreSqlConstraintFaultsTest extends PostgreSqlFaultsTest {
    private static final String INSERT = "INSERT INTO uq VALUES (1, 'mine')";

    /** What a caller says whose operation looks before it writes. */
    private static final Classifier RACES = JdbcClassifier.standard()
            .overriding((failure, phase) ->
                    phase == Phase.OPERATION && "23505".equals(History.code(failure)) ? Verdict.RETRY_SAVEPOINT : null);

    PostgreSqlConstraintFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private void assertGivenUp(Outcome<Boolean> outcome, Level level, String code) throws SQLException {
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(History.code(assertFailed(outcome).failure())).isEqualTo(code);
        assertThat(history.lines()).isEqualTo(level.goesUp(code, "GIVE_UP"));
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aUniqueViolationIsFinal(Level level) throws SQLException {
        db.execute(INSERT);

        assertGivenUp(run(level, c -> update(c, INSERT)), level, "23505");
    }

    @ParameterizedTest
    @EnumSource
    void aUniqueViolationInABatchIsFinalAndNothingOfTheBatchStays(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, c -> {
            try (Statement statement = c.createStatement()) {
                statement.addBatch("INSERT INTO uq VALUES (2, 'a')");
                statement.addBatch(INSERT);
                statement.addBatch(INSERT);
                statement.executeBatch();
            }
        });

        assertGivenUp(outcome, level, "23505");
        assertThat(db.number("SELECT count(*) FROM uq")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aForeignKeyViolationIsFinal(Level level) throws SQLException {
        assertGivenUp(run(level, c -> update(c, "INSERT INTO chi VALUES (1, 1)")), level, "23503");
    }

    @Test
    void aDeferredForeignKeyViolationIsFinalAtCommit() throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            execute(c, "SET CONSTRAINTS ALL DEFERRED");
            update(c, "INSERT INTO chi VALUES (1, 1)");
        });

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 23503 GIVE_UP");
        assertThat(db.number("SELECT count(*) FROM chi")).isZero();
        assertThat(pool.opened()).isEqualTo(1);
        assertThat(pool.returned()).isEqualTo(1);
        pool.assertAsFound();
    }

    /** Releasing a savepoint is no commit: the violation shows at the end of the outer transaction. */
    @Test
    void aDeferredForeignKeyViolationInASavepointIsFinalAtTheOuterCommit() throws SQLException {
        Outcome<Boolean> outcome = run(Level.SAVEPOINT_AT_READ_COMMITTED, c -> {
            execute(c, "SET CONSTRAINTS ALL DEFERRED");
            update(c, "INSERT INTO chi VALUES (1, 1)");
        });

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("outer #1 COMMIT 23503 GIVE_UP");
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @Test
    void anOuterOperationMayGoOnWithoutTheStepThatFailed() throws SQLException {
        db.execute(INSERT);

        Outcome<Boolean> outcome = run(outer, JdbcScope.transaction(pool), tx -> {
            update(tx, "INSERT INTO outer_t VALUES (1)");
            var before = db.stateOf(tx);
            Throwable swallowed = catchThrowable(() -> step.run(JdbcScope.savepoint(tx), c -> {
                update(c, "UPDATE acct SET bal = 9");
                update(c, INSERT);
            }));
            assertThat(History.code(swallowed)).isEqualTo("23505");
            assertThat(db.stateOf(tx)).isEqualTo(before);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 23505 GIVE_UP");
        assertThat(balance(1)).isZero();
        assertOuterKept(Level.SAVEPOINT_AT_READ_COMMITTED);
    }

    @ParameterizedTest
    @EnumSource
    void anInsertRaceIsHealedWhereTheCallerSaysThatItIsOne(Level level) throws SQLException {
        boolean[] first = {true};
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "INSERT INTO uq VALUES (1, 'other')");

            Outcome<Boolean> outcome = run(level, outer.classifier(RACES), step.classifier(RACES), c -> {
                if (first[0]) {
                    first[0] = false;
                    long self = db.sessionId(c);
                    meanwhile(other, own -> {
                        db.awaitBlocked(self);
                        execute(own, "COMMIT");
                        return true;
                    });
                    update(c, INSERT);
                } else if (query(c, "SELECT id FROM uq WHERE id = 1").isEmpty()) {
                    update(c, INSERT);
                }
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("23505"));
        assertThat(db.query("SELECT v FROM uq")).containsExactly("other");
        assertOuterKept(level);
    }
}
