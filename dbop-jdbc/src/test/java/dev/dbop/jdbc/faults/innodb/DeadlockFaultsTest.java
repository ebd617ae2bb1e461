package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlocks: the server rolls the whole transaction back, savepoints included, and goes on as if nothing had been. */
abstract class DeadlockFaultsTest extends InnoDbFaultsTest {
    private static final String VICTIM = " 1 OPERATION RETRY_TRANSACTION 1213/40001";

    DeadlockFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private DbopRunner runner(boolean timeouts) {
        return timeouts ? whole : plain;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inASavepointRunTheEnclosingTransactionAgain(boolean timeouts) throws SQLException {
        try (TestSession other = heavyweight()) {
            onPool(pool -> runner(timeouts).run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                runner(timeouts).named("step").run(JdbcScope.savepoint(tx), s -> cross(s, other));
            }));
        }
        assertThat(history.lines()).containsExactly("step" + VICTIM, "step: BEYOND_REACH", "whole" + VICTIM);
        assertThat(noted("outer")).isEqualTo(1);
        assertCrossed();
    }

    @Test
    void inASavepointOfASavepointRunTheTransactionAroundBothAgain() throws SQLException {
        try (TestSession other = heavyweight()) {
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.named("middle").run(JdbcScope.savepoint(tx), middle -> {
                    note(middle, "middle");
                    step.run(JdbcScope.savepoint(middle), s -> cross(s, other));
                });
            }));
        }
        assertThat(history.lines())
                .containsExactly(
                        "step" + VICTIM,
                        "step: BEYOND_REACH",
                        "middle" + VICTIM,
                        "middle: BEYOND_REACH",
                        "whole" + VICTIM);
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("middle")).isEqualTo(1);
        assertCrossed();
    }

    @Test
    void inASavepointGoUpWhereNoCallEnclosesIt() throws SQLException {
        try (TestSession other = heavyweight()) {
            onConnection(connection -> {
                connection.setAutoCommit(false);
                note(connection, "outer");
                Outcome<Boolean> outcome = step.tryCall(JdbcScope.savepoint(connection), s -> {
                    cross(s, other);
                    return true;
                });
                assertBeyondReach(outcome);
                awaitEndOf(other);
                // The caller's own transaction is empty by now, whatever he does with it.
                connection.commit();
                connection.setAutoCommit(true);
            });
        }
        assertNothingWritten();
    }

    /** Here the server is back in autocommit mode: whatever followed would be durable at once. */
    @Test
    void inASavepointGoUpWhereTheTransactionWasBegunInSql() throws SQLException {
        try (TestSession other = heavyweight()) {
            onConnection(connection -> {
                execute(connection, "START TRANSACTION");
                note(connection, "outer");
                assertBeyondReach(step.tryCall(JdbcScope.savepoint(connection), s -> {
                    cross(s, other);
                    return true;
                }));
                awaitEndOf(other);
            });
        }
        assertNothingWritten();
    }

    private void assertBeyondReach(Outcome<Boolean> outcome) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(GiveUpReason.BEYOND_REACH);
            assertThat(History.code(failure.failure())).isEqualTo("1213/40001");
        });
        assertThat(history.lines()).containsExactly("step" + VICTIM, "step: BEYOND_REACH");
    }

    private void assertNothingWritten() throws SQLException {
        assertThat(noted("outer")).isZero();
        assertThat(value(1)).isEqualTo(100);
        assertThat(value(2)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inATransactionRunItAgain(boolean timeouts) throws SQLException {
        try (TestSession other = heavyweight()) {
            onConnection(connection -> runner(timeouts).run(JdbcScope.transaction(connection), tx -> {
                note(tx, "outer");
                cross(tx, other);
            }));
        }
        assertThat(history.lines()).containsExactly("whole" + VICTIM);
        assertThat(noted("outer")).isEqualTo(1);
        assertCrossed();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inAutocommitRunTheStatementAgain(boolean timeouts) throws SQLException {
        try (TestSession other = heavyweight()) {
            onPool(pool -> runner(timeouts).run(JdbcScope.autocommit(pool), c -> {
                closeCycle(c, other);
                update(c, "UPDATE acc SET v = v + 1 WHERE id IN (1, 2)");
            }));
        }
        assertThat(history.lines()).containsExactly("whole" + VICTIM);
        assertCrossed();
    }

    /** In both modes: where autocommit is on, the tail would not even need the COMMIT. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thatTheOperationSwallowsNeverLetTheTailIn(boolean timeouts) throws SQLException {
        AtomicInteger refused = new AtomicInteger();
        try (TestSession other = heavyweight()) {
            onPool(pool -> runner(timeouts).run(JdbcScope.transaction(pool), tx -> {
                note(tx, "head");
                try {
                    cross(tx, other);
                } catch (SQLException swallowed) {
                    assertRefused(tx);
                    refused.incrementAndGet();
                }
            }));
        }
        assertThat(refused).hasValue(1);
        assertThat(history.lines()).containsExactly("whole" + VICTIM);
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isZero();
        assertCrossed();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofAStepThatTheOperationSwallowsNeverLetTheTailIn(boolean timeouts) throws SQLException {
        AtomicInteger refused = new AtomicInteger();
        try (TestSession other = heavyweight()) {
            onPool(pool -> runner(timeouts).run(JdbcScope.transaction(pool), tx -> {
                note(tx, "head");
                try {
                    runner(timeouts).named("step").run(JdbcScope.savepoint(tx), s -> cross(s, other));
                } catch (SQLException swallowed) {
                    assertRefused(tx);
                    assertThatThrownBy(() -> step.run(JdbcScope.savepoint(tx), s -> note(s, "tail")))
                            .hasMessageContaining("did not survive");
                    refused.incrementAndGet();
                }
            }));
        }
        assertThat(refused).hasValue(1);
        assertThat(history.lines())
                .startsWith("step" + VICTIM, "step: BEYOND_REACH")
                .endsWith("whole" + VICTIM);
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isZero();
        assertCrossed();
    }

    private static void assertRefused(Connection tx) {
        assertThatThrownBy(() -> note(tx, "tail"))
                .hasMessageContaining("did not survive")
                .hasRootCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> tx.prepareStatement("INSERT INTO lg (who) VALUES ('tail')"))
                .hasMessageContaining("did not survive");
    }

    /** Reader and DDL wait for each other in a ring; of two readers, the one that closes it is the victim. */
    @Test
    void ofMetadataLocksRunTheEnclosingTransactionAgain() throws SQLException {
        try (TestSession reader = TestSession.open(db);
                TestSession ddlA = TestSession.open(db);
                TestSession ddlB = TestSession.open(db)) {
            // Both at READ COMMITTED, so that the tables altered under them do not end them (1412).
            reader.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION", "SELECT * FROM ma");
            DbopRunner atReadCommitted = whole.isolation(Isolation.READ_COMMITTED);
            CompletableFuture<Boolean> alterA = ddlA.start("ALTER TABLE ma FORCE");
            ddlA.awaitBlocked();
            AtomicInteger tries = new AtomicInteger();
            onPool(pool -> atReadCommitted.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                execute(tx, "SELECT * FROM mb");
                if (tries.incrementAndGet() == 1) {
                    CompletableFuture<Boolean> alterB = ddlB.start("ALTER TABLE mb FORCE");
                    ddlB.awaitBlocked();
                    CompletableFuture<Boolean> read = reader.start("SELECT * FROM mb", "COMMIT");
                    reader.awaitBlocked();
                    assertThat(alterB).isNotDone();
                    assertThat(read).isNotDone();
                }
                step.run(JdbcScope.savepoint(tx), s -> execute(s, "SELECT * FROM ma"));
            }));
            assertThat(alterA.join()).isTrue();
        }
        assertThat(history.lines()).containsExactly("step" + VICTIM, "step: BEYOND_REACH", "whole" + VICTIM);
        assertThat(noted("outer")).isEqualTo(1);
    }

    /** Nobody is told of the ring then; whoever's wait times out first, ends it by rolling back. */
    @Test
    void thatTheServerDoesNotLookForEndByALockTimeout() throws SQLException {
        db.execute("SET GLOBAL innodb_deadlock_detect=OFF");
        try (TestSession other = heavyweight()) {
            onPool(pool -> whole.lockTimeout(Duration.ofSeconds(5)).run(JdbcScope.autocommit(pool), c -> {
                closeCycle(c, other);
                update(c, "UPDATE acc SET v = v + 1 WHERE id IN (1, 2)");
            }));
        } finally {
            db.execute("SET GLOBAL innodb_deadlock_detect=ON");
        }
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_SAVEPOINT " + lockTimeout());
        assertCrossed();
    }
}
