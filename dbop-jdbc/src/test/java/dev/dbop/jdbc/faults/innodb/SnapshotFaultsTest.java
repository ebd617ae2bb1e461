package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A table altered since the transaction's snapshot was taken: the transaction lives, but never sees the table again. */
abstract class SnapshotFaultsTest extends InnoDbFaultsTest {
    private static final String CODE = "1412/HY000";

    private final AtomicInteger runs = new AtomicInteger();

    SnapshotFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Rebuilds the table, the first time it is called. */
    private void alterOnce() throws SQLException {
        if (runs.incrementAndGet() == 1) {
            db.execute("ALTER TABLE ma FORCE");
        }
    }

    @Test
    void ofAnAlteredTableRunTheEnclosingTransactionAgain() throws SQLException {
        onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
            note(tx, "outer");
            execute(tx, "SELECT v FROM acc");
            alterOnce();
            step.run(JdbcScope.savepoint(tx), s -> execute(s, "SELECT * FROM ma"));
        }));
        assertThat(history.lines()).isEqualTo(goneUp("RETRY_TRANSACTION", CODE));
        assertThat(runs).hasValue(2);
        assertThat(noted("outer")).isEqualTo(1);
    }

    @Test
    void ofAnAlteredTableGoUpAndLeaveTheCallersTransactionAlive() throws SQLException {
        onConnection(connection -> {
            connection.setAutoCommit(false);
            note(connection, "outer");
            execute(connection, "SELECT v FROM acc");
            alterOnce();
            failureOf(step, JdbcScope.savepoint(connection), s -> {
                note(s, "step");
                execute(s, "SELECT * FROM ma");
            });
            connection.commit();
            connection.setAutoCommit(true);
        });
        assertThat(history.lines()).containsExactly("step 1 OPERATION RETRY_TRANSACTION " + CODE, "step: BEYOND_REACH");
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isZero();
    }

    /** Swallowed, it leaves nothing undone but the statement, so the rest may be committed. */
    @Test
    void ofAnAlteredTableLetTheRestInIfTheOperationSwallowsThem() throws SQLException {
        onPool(pool -> plain.run(JdbcScope.transaction(pool), tx -> {
            note(tx, "head");
            execute(tx, "SELECT v FROM acc");
            alterOnce();
            try {
                execute(tx, "SELECT * FROM ma");
            } catch (SQLException swallowed) {
                note(tx, History.code(swallowed));
            }
        }));
        assertThat(history.lines()).isEmpty();
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted(CODE)).isEqualTo(1);
    }
}
