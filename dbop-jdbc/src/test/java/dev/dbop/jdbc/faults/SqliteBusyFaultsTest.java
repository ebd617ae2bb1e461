package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConnection;

/** 5: another connection holds the lock. The same with a journal as with a write-ahead log. */
abstract class SqliteBusyFaultsTest extends SqliteFaultsTest {
    SqliteBusyFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Holds the write lock, having written. */
    final TestSession writer() throws SQLException {
        TestSession writer = TestSession.open(db);
        writer.run("BEGIN IMMEDIATE", ADD_TEN);
        return writer;
    }

    /** Opens a transaction as SQLite does by itself: it takes no lock before it needs one. */
    static void beginDeferred(Connection connection) throws SQLException {
        execute(connection, "BEGIN");
        query(connection, "SELECT bal FROM acct");
    }

    @Test
    void aTransactionBeginsOnceTheWriterHasCommitted() throws SQLException {
        int[] runs = {0};
        try (TestSession writer = writer()) {
            history.after("step", 2, () -> writer.run("COMMIT"));

            assertSucceeded(run(Level.TRANSACTION, step.lockTimeout(SHORT), c -> {
                runs[0]++;
                update(c, ADD_ONE);
            }));
        }
        assertThat(history.lines())
                .containsExactly("step #1 OPEN 5 RETRY_TRANSACTION", "step #2 OPEN 5 RETRY_TRANSACTION");
        assertThat(runs[0]).isEqualTo(1);
        assertThat(balance(1)).isEqualTo(11);
        pool.assertAsFound();
    }

    @Test
    void aTransactionOnTheCallersConnectionDoesTheSame() throws SQLException {
        try (TestSession writer = writer();
                Connection mine = db.connect()) {
            SessionState before = db.stateOf(mine);
            history.after("step", 1, () -> writer.run("COMMIT"));

            assertSucceeded(run(step.lockTimeout(SHORT), JdbcScope.transaction(mine), c -> update(c, ADD_ONE)));

            assertThat(db.stateOf(mine)).isEqualTo(before);
        }
        assertThat(history.lines()).containsExactly("step #1 OPEN 5 RETRY_TRANSACTION");
        assertThat(balance(1)).isEqualTo(11);
    }

    @Test
    void aStepInASavepointWaitsWithItsTransaction() throws SQLException {
        try (TestSession writer = writer()) {
            history.after("outer", 1, () -> writer.run("COMMIT"));

            assertSucceeded(
                    run(Level.SAVEPOINT_AT_SERIALIZABLE, outer.lockTimeout(SHORT), step, c -> update(c, ADD_ONE)));
        }
        assertThat(history.lines()).containsExactly("outer #1 OPEN 5 RETRY_TRANSACTION");
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(Level.SAVEPOINT_AT_SERIALIZABLE);
    }

    @Test
    void anAutocommitWriteIsRepeatedOnceTheWriterHasCommitted() throws SQLException {
        try (TestSession writer = writer()) {
            history.after("step", 1, () -> writer.run("COMMIT"));

            assertSucceeded(run(Level.AUTOCOMMIT, step.lockTimeout(SHORT), c -> update(c, ADD_ONE)));
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 5 RETRY_TRANSACTION");
        assertThat(balance(1)).isEqualTo(11);
        pool.assertAsFound();
    }

    @Test
    void aWriterThatNeverLeavesExhaustsTheRetriesAndLeavesNothing() throws SQLException {
        try (TestSession writer = writer()) {
            Outcome<Boolean> outcome = run(Level.TRANSACTION, step.lockTimeout(SHORT), c -> update(c, ADD_ONE));

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.RETRIES_EXHAUSTED);
            assertThat(history.lines()).hasSize(4).allMatch(line -> line.endsWith("OPEN 5 RETRY_TRANSACTION"));
            pool.assertAsFound();
            writer.run("ROLLBACK");
        }
        assertThat(balance(1)).isZero();
    }

    /** Waiting would be a deadlock, so SQLite does not: the busy timeout of twenty seconds is not used. */
    @Test
    void aTransactionThatHasReadMeetsTheWriterAtOnceAndTheStepGoesUp() throws SQLException {
        try (TestSession writer = writer();
                Connection mine = db.connect()) {
            mine.unwrap(SQLiteConnection.class).setBusyTimeout(20_000);
            beginDeferred(mine);
            SessionState before = db.stateOf(mine);
            long start = System.nanoTime();

            Outcome<Boolean> outcome = run(step, JdbcScope.savepoint(mine), c -> update(c, ADD_ONE));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.BEYOND_REACH);
            assertThat(history.lines()).containsExactly("step #1 OPERATION 5 RETRY_TRANSACTION");
            assertThat(db.stateOf(mine)).isEqualTo(before);
            assertThat(query(mine, "SELECT bal FROM acct WHERE id = 1")).containsExactly("0");
            execute(mine, "ROLLBACK");
            writer.run("COMMIT");
        }
        assertThat(balance(1)).isEqualTo(10);
    }
}
