package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a write-ahead log readers are in nobody's way, but a snapshot grows old. */
@RealDatabase(value = Database.SQLITE, options = "journal_mode=wal")
class SqliteWalFaultsTest extends SqliteBusyFaultsTest {
    SqliteWalFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSnapshotOlderThanTheLastCommitSendsTheStepUp(boolean takenBeforeTheSavepoint) throws SQLException {
        try (TestSession other = TestSession.open(db);
                Connection mine = db.connect()) {
            execute(mine, "BEGIN");
            if (takenBeforeTheSavepoint) {
                query(mine, "SELECT bal FROM acct");
            }
            SessionState before = db.stateOf(mine);

            Outcome<Boolean> outcome = run(step, JdbcScope.savepoint(mine), c -> {
                query(c, "SELECT bal FROM acct");
                other.run(ADD_TEN);
                update(c, ADD_ONE);
            });

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.BEYOND_REACH);
            assertThat(history.lines()).containsExactly("step #1 OPERATION 517 RETRY_TRANSACTION");
            assertThat(db.stateOf(mine)).isEqualTo(before);
            execute(mine, "ROLLBACK");
        }
        assertThat(balance(1)).isEqualTo(10);
    }

    @Test
    void aCommitDoesNotWaitForReaders() throws SQLException {
        try (TestSession reader = TestSession.open(db)) {
            reader.run("BEGIN", "SELECT bal FROM acct");

            assertSucceeded(run(Level.TRANSACTION, c -> update(c, ADD_ONE)));

            reader.run("COMMIT");
        }
        assertThat(history.lines()).isEmpty();
        assertThat(balance(1)).isEqualTo(1);
        pool.assertAsFound();
    }

    @Test
    void aReadOnlyTransactionDoesNotWaitForTheWriter() throws SQLException {
        try (TestSession writer = writer()) {
            assertSucceeded(run(Level.TRANSACTION, step.readOnly(), c -> query(c, "SELECT bal FROM acct")));

            writer.run("COMMIT");
        }
        assertThat(history.lines()).isEmpty();
        pool.assertAsFound();
    }
}
