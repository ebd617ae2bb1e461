package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MariaDB with innodb_snapshot_isolation: a row changed since the snapshot costs the whole transaction. */
abstract class SnapshotIsolationFaultsTest extends InnoDbFaultsTest {
    private static final String CODE = "1020/HY000";

    private final AtomicInteger runs = new AtomicInteger();

    SnapshotIsolationFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Takes the snapshot; the first time, somebody else then commits changes to it. */
    private void takeSnapshot(Connection tx) throws SQLException {
        execute(tx, "SELECT v FROM acc");
        if (runs.incrementAndGet() == 1) {
            db.execute("UPDATE acc SET v = v + 100 WHERE id = 1", "INSERT INTO ma VALUES (7)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE acc SET v = v + 1 WHERE id = 1",
                "DELETE FROM acc WHERE id = 1",
                "SELECT v FROM acc WHERE id = 1 FOR UPDATE",
                "INSERT INTO acc VALUES (1, 0) ON DUPLICATE KEY UPDATE v = v + 1"
            })
    void violatedInASavepointRunTheEnclosingTransactionAgain(String sql) throws SQLException {
        onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
            note(tx, "outer");
            takeSnapshot(tx);
            step.run(JdbcScope.savepoint(tx), s -> execute(s, sql));
        }));
        assertThat(history.lines()).isEqualTo(goneUp("RETRY_TRANSACTION", CODE));
        assertThat(runs).hasValue(2);
        assertThat(noted("outer")).isEqualTo(1);
    }

    /** The rerun sees the row, and then it is a duplicate like any other. */
    @Test
    void violatedByARowNotSeenEndAsADuplicateOnceItIsSeen() throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            note(tx, "outer");
            takeSnapshot(tx);
            execute(tx, "INSERT INTO ma VALUES (7)");
        }));
        assertThat(history.lines())
                .containsExactly(
                        "whole 1 OPERATION RETRY_TRANSACTION " + CODE,
                        "whole 2 OPERATION GIVE_UP 1062/23000",
                        "whole: NOT_RETRYABLE");
        assertThat(noted("outer")).isZero();
    }

    @Test
    void violatedInTheCallersOwnTransactionGoUp() throws SQLException {
        onConnection(connection -> {
            connection.setAutoCommit(false);
            note(connection, "outer");
            takeSnapshot(connection);
            failureOf(step, JdbcScope.savepoint(connection), s -> add(s, 1));
            connection.commit();
            connection.setAutoCommit(true);
        });
        assertThat(history.lines()).containsExactly("step 1 OPERATION RETRY_TRANSACTION " + CODE, "step: BEYOND_REACH");
        assertThat(noted("outer")).isZero();
        assertThat(value(1)).isEqualTo(100);
    }

    @Test
    void violatedAndSwallowedNeverLetTheTailIn() throws SQLException {
        onPool(pool -> plain.run(JdbcScope.transaction(pool), tx -> {
            note(tx, "head");
            takeSnapshot(tx);
            try {
                add(tx, 1);
            } catch (SQLException swallowed) {
                assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
            }
        }));
        assertThat(history.lines()).isEqualTo(List.of("whole 1 OPERATION RETRY_TRANSACTION " + CODE));
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isZero();
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void atReadCommittedAreNoFailure() throws SQLException {
        onPool(pool -> whole.isolation(Isolation.READ_COMMITTED).run(JdbcScope.transaction(pool), tx -> {
            takeSnapshot(tx);
            add(tx, 1);
        }));
        assertThat(history.lines()).isEmpty();
        assertThat(value(1)).isEqualTo(101);
    }
}
