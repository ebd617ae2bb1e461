package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Lock waits that time out. The server undoes the statement; where innodb_rollback_on_timeout is on, and the lock was a
 * row's, the whole transaction.
 */
abstract class LockWaitFaultsTest extends InnoDbFaultsTest {
    private static final String NOWAIT = "SELECT v FROM acc WHERE id = 1 FOR UPDATE NOWAIT";

    /** Waits as short as InnoDB can. */
    private final DbopRunner impatient = step.lockTimeout(SECOND);

    /** Whether a wait for a row that times out loses the whole transaction. */
    private final boolean rollsBackOnTimeout;

    LockWaitFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        rollsBackOnTimeout = db.number("SELECT @@innodb_rollback_on_timeout") == 1;
    }

    /** NOWAIT has a code of its own on MySQL, and never costs the transaction there. */
    private String nowait() {
        return mariaDb ? "1205/HY000" : "3572/HY000";
    }

    private boolean nowaitLosesTransaction() {
        return mariaDb && rollsBackOnTimeout;
    }

    /** The code alone does not tell that the transaction is gone; the savepoint does, and the transaction need not. */
    private static List<String> lostWithTheStep(String code) {
        return List.of(
                "step 1 OPERATION RETRY_TRANSACTION " + code,
                "step: BEYOND_REACH",
                "whole 1 OPERATION RETRY_SAVEPOINT " + code);
    }

    @Test
    void forARowHealInTheSavepointUnlessTheServerRollsBackOnTimeout() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                note(tx, "outer");
                impatient.run(JdbcScope.savepoint(tx), s -> {
                    note(s, "step");
                    add(s, 1);
                });
            }));
        }
        assertThat(history.lines())
                .isEqualTo(rollsBackOnTimeout ? lostWithTheStep(lockTimeout()) : healed(lockTimeout()));
        assertThat(runs).hasValue(rollsBackOnTimeout ? 2 : 1);
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    /** Without a call around the step, the transaction goes on where it is alive and is never continued where not. */
    @Test
    void forARowInTheCallersOwnTransaction() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onConnection(connection -> {
                connection.setAutoCommit(false);
                note(connection, "outer");
                if (rollsBackOnTimeout) {
                    failureOf(impatient, JdbcScope.savepoint(connection), s -> add(s, 1));
                } else {
                    impatient.run(JdbcScope.savepoint(connection), s -> add(s, 1));
                }
                connection.commit();
                connection.setAutoCommit(true);
            });
        }
        assertThat(history.lines())
                .isEqualTo(
                        rollsBackOnTimeout
                                ? List.of("step 1 OPERATION RETRY_TRANSACTION " + lockTimeout(), "step: BEYOND_REACH")
                                : healed(lockTimeout()));
        assertThat(noted("outer")).isEqualTo(rollsBackOnTimeout ? 0 : 1);
        assertThat(value(1)).isEqualTo(rollsBackOnTimeout ? 100 : 101);
    }

    /** The limit is not innodb_lock_wait_timeout, and the transaction lives, rollback on timeout or not. */
    @Test
    void forATablesMetadataAlwaysHealInTheSavepoint() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        try (TestSession other = TestSession.open(db)) {
            other.run("LOCK TABLES ma WRITE");
            history.whenFailed("step", () -> other.run("UNLOCK TABLES"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                note(tx, "outer");
                impatient.run(JdbcScope.savepoint(tx), s -> {
                    note(s, "step");
                    execute(s, "SELECT * FROM ma");
                });
            }));
        }
        assertThat(history.lines()).isEqualTo(healed(lockTimeout()));
        assertThat(runs).hasValue(1);
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isEqualTo(1);
    }

    @Test
    void refusedByNowaitHealInTheSavepointWhereTheTransactionLives() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> {
                    note(s, "step");
                    execute(s, NOWAIT);
                    add(s, 1);
                });
            }));
        }
        assertThat(history.lines()).isEqualTo(nowaitLosesTransaction() ? lostWithTheStep(nowait()) : healed(nowait()));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void refusedByNowaitRunTransactionAndStatementAgain() throws SQLException {
        try (TestSession other = holding(1);
                TestSession another = holding(2)) {
            history.whenFailed("whole", () -> other.run("COMMIT"));
            onPool(pool -> plain.run(JdbcScope.transaction(pool), tx -> {
                add(tx, 3);
                execute(tx, NOWAIT);
            }));
            history.whenFailed("whole", () -> another.run("COMMIT"));
            onPool(pool -> plain.run(
                    JdbcScope.autocommit(pool), c -> execute(c, "SELECT v FROM acc WHERE id = 2 FOR UPDATE NOWAIT")));
        }
        String line = "whole 1 OPERATION RETRY_SAVEPOINT " + nowait();
        assertThat(history.lines()).containsExactly(line, line);
        assertThat(value(3)).isEqualTo(1);
    }

    /** What is alive may go on; what was rolled back may not, and its tail is never committed alone. */
    @Test
    void thatTheOperationSwallowsLetTheRestInOnlyWhereTheTransactionLives() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        try (TestSession other = holding(1)) {
            history.whenFailed("whole", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                int run = runs.incrementAndGet();
                note(tx, "head");
                if (run == 1) {
                    assertThatThrownBy(() -> execute(tx, NOWAIT)).isInstanceOf(SQLException.class);
                    tail(tx);
                } else {
                    note(tx, "tail");
                }
            }));
        }
        boolean lost = nowaitLosesTransaction();
        assertThat(history.lines())
                .isEqualTo(lost ? List.of("whole 1 OPERATION RETRY_SAVEPOINT " + nowait()) : List.of());
        assertThat(runs).hasValue(lost ? 2 : 1);
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isEqualTo(1);
    }

    private void tail(Connection tx) throws SQLException {
        if (nowaitLosesTransaction()) {
            assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
        } else {
            note(tx, "tail");
        }
    }

    @Test
    void avoidedBySkipLockedAreNoFailure() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(pool -> whole.run(
                    JdbcScope.transaction(pool), tx -> execute(tx, "SELECT v FROM acc FOR UPDATE SKIP LOCKED")));
            other.run("ROLLBACK");
        }
        assertThat(history.lines()).isEmpty();
    }
}
