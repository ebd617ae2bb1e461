package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection breaks. Before COMMIT nothing has happened; once COMMIT is sent, nobody can tell. */
abstract class LostConnectionFaultsTest extends InnoDbFaultsTest {
    private final FaultProxy proxy;
    private final AtomicInteger runs = new AtomicInteger();

    LostConnectionFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        proxy = FaultProxy.to(db);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    private void addAndBeKilled(Connection connection, TestSession other) throws SQLException {
        if (runs.incrementAndGet() == 1) {
            long victim = db.sessionId(connection);
            CompletableFuture<Boolean> unused = other.start(o -> {
                db.awaitBlocked(victim);
                db.kill(victim);
                execute(o, "COMMIT");
                return true;
            });
        }
        add(connection, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inAStepRunsTheEnclosingTransactionOnAnotherConnection(boolean timeouts) throws SQLException {
        DbopRunner runner = timeouts ? whole : plain;
        try (TestSession other = holding(1)) {
            onPool(pool -> runner.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                runner.named("step").run(JdbcScope.savepoint(tx), s -> addAndBeKilled(s, other));
            }));
        }
        assertThat(history.lines()).isEqualTo(goneUp("RETRY_CONNECTION", lost()));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void onTheCallersConnectionGoesUpAndLeavesNothing() throws SQLException {
        try (TestSession other = holding(1);
                Connection connection = db.connect()) {
            failureOf(whole, JdbcScope.transaction(connection), tx -> {
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> addAndBeKilled(s, other));
            });
            assertThat(connection.isClosed()).isTrue();
        }
        assertThat(history.lines())
                .isEqualTo(List.of(
                        "step 1 OPERATION RETRY_CONNECTION " + lost(),
                        "step: BEYOND_REACH",
                        "whole 1 OPERATION RETRY_CONNECTION " + lost(),
                        "whole: BEYOND_REACH"));
        assertThat(noted("outer")).isZero();
    }

    @Test
    void thatTheOperationSwallowsNeverLetsTheTailIn() throws SQLException {
        onPool(
                proxy,
                pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "head");
                    if (runs.incrementAndGet() == 1) {
                        proxy.cutBeforeForwarding(FaultProxy.containing("lost"));
                        assertThatThrownBy(() -> note(tx, "lost")).isInstanceOf(SQLException.class);
                        assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
                    }
                }));
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + lost());
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isZero();
    }

    /** The transaction's and the savepoint's own statements: nothing is durable by them. */
    @Test
    void underTheStatementsOfTheAttemptRunsTheTransactionAgain() throws SQLException {
        for (String statement : List.of("START TRANSACTION", "SAVEPOINT dbop", "RELEASE SAVEPOINT")) {
            for (boolean executed : new boolean[] {false, true}) {
                onPool(proxy, pool -> {
                    PlannedFault cut = executed
                            ? proxy.cutAfterForwarding(FaultProxy.containing(statement))
                            : proxy.cutBeforeForwarding(FaultProxy.containing(statement));
                    plain.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, statement + executed);
                        plain.named("step").run(JdbcScope.savepoint(tx), s -> note(s, "step"));
                    });
                    assertThat(cut.hasHappened()).isTrue();
                });
                assertThat(history.lines())
                        .as(statement)
                        .allMatch(line -> line.contains("RETRY_CONNECTION") || line.contains("BEYOND_REACH"));
                assertThat(noted(statement + executed)).isEqualTo(1);
            }
        }
        assertThat(noted("step")).isEqualTo(6);
    }

    @Test
    void underTheRollbackChangesNoVerdict() throws SQLException {
        onPool(proxy, pool -> {
            proxy.cutBeforeForwarding(FaultProxy.containing("ROLLBACK"));
            failureOf(plain, JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                execute(tx, "INSERT INTO acc VALUES (1, 0)");
            });
        });
        assertThat(history.lines()).containsExactly("whole 1 OPERATION GIVE_UP 1062/23000", "whole: NOT_RETRYABLE");
        assertThat(noted("outer")).isZero();
    }

    private void cutCommit(boolean executed) {
        if (executed) {
            proxy.cutAfterForwarding(COMMIT);
        } else {
            proxy.cutBeforeForwarding(COMMIT);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void underCommitIsUnknownWhetherOrNotItWasExecuted(boolean executed) throws SQLException {
        for (DbopRunner runner : List.of(plain, whole)) {
            history.forget();
            onPool(proxy, pool -> {
                cutCommit(executed);
                Exception failure = failureOf(runner, JdbcScope.transaction(pool), tx -> note(tx, "work"));
                assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
            });
            assertThat(history.lines())
                    .containsExactly("whole 1 COMMIT OUTCOME_UNKNOWN " + lost(), "whole: OUTCOME_UNKNOWN");
        }
        assertThat(noted("work")).isEqualTo(executed ? 2 : 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void underCommitIsRunAgainWhereThatDoesNoHarm(boolean executed) throws SQLException {
        onPool(proxy, pool -> {
            cutCommit(executed);
            whole.idempotent().run(JdbcScope.transaction(pool), tx -> execute(tx, "REPLACE INTO ma VALUES (7)"));
            cutCommit(executed);
            whole.readOnly().run(JdbcScope.transaction(pool), tx -> execute(tx, "SELECT * FROM ma"));
        });
        String line = "whole 1 COMMIT OUTCOME_UNKNOWN " + lost();
        assertThat(history.lines()).containsExactly(line, line);
        assertThat(db.number("SELECT COUNT(*) FROM ma")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void underAnAutocommitWriteIsUnknownWhetherOrNotItWasExecuted(boolean executed) throws SQLException {
        onPool(proxy, pool -> {
            cutStatement(executed, "INSERT INTO lg");
            Exception failure = failureOf(whole, JdbcScope.autocommit(pool), c -> note(c, "work"));
            assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        });
        assertThat(history.lines())
                .containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + lost(), "whole: OUTCOME_UNKNOWN");
        assertThat(noted("work")).isEqualTo(executed ? 1 : 0);
    }

    private void cutStatement(boolean executed, String text) {
        if (executed) {
            proxy.cutAfterForwarding(FaultProxy.containing(text));
        } else {
            proxy.cutBeforeForwarding(FaultProxy.containing(text));
        }
    }

    @Test
    void underAnAutocommitWriteIsRunAgainWhereThatDoesNoHarm() throws SQLException {
        onPool(proxy, pool -> {
            cutStatement(true, "REPLACE INTO ma");
            whole.idempotent().run(JdbcScope.autocommit(pool), c -> execute(c, "REPLACE INTO ma VALUES (7)"));
        });
        assertThat(history.lines()).containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + lost());
        assertThat(db.number("SELECT COUNT(*) FROM ma")).isEqualTo(1);
    }

    @Test
    void underAReadDeclaredAsSuchIsRunAgain() throws SQLException {
        onPool(proxy, pool -> {
            cutStatement(true, "SELECT * FROM ma");
            whole.readOnly().run(JdbcScope.autocommit(pool), c -> execute(c, "SELECT * FROM ma"));
        });
        assertThat(history.lines()).containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + lost());
    }

    /** Between two statements, as when a firewall forgets a connection. */
    @Test
    void whileIdleRunsTheTransactionAgain() throws SQLException {
        onPool(
                proxy,
                pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "head");
                    if (runs.incrementAndGet() == 1) {
                        proxy.cutAll();
                    }
                    note(tx, "tail");
                }));
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + lost());
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isEqualTo(1);
    }

    /** The server goes on waiting for the lock; the client has stopped waiting for the server. */
    @Test
    void byTheDriversSocketTimeoutRunsTheTransactionAgain() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("whole", () -> other.run("COMMIT"));
            onPool(
                    db.url() + "&socketTimeout=2000",
                    pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, "outer");
                        add(tx, 1);
                    }));
        }
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + lost());
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void byTheDriversSocketTimeoutIsUnknownInAutocommit() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(db.url() + "&socketTimeout=2000", pool -> {
                failureOf(whole, JdbcScope.autocommit(pool), c -> add(c, 1));
                other.run("COMMIT");
            });
        }
        assertThat(history.lines())
                .containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + lost(), "whole: OUTCOME_UNKNOWN");
    }

    @Test
    void refusedAtFirstIsRunOnceTheServerIsBack() throws SQLException {
        proxy.refuseNewConnections();
        history.whenFailed("whole", proxy::heal);
        plain.run(JdbcScope.transaction(db.dataSource(proxy)), tx -> note(tx, "work"));
        assertThat(history.lines())
                .containsExactly("whole 1 OPEN RETRY_CONNECTION " + (connectorJ ? "0/08S01" : "0/08000"));
        assertThat(noted("work")).isEqualTo(1);
    }

    @Test
    void thatThePoolCannotGiveIsWaitedFor() throws SQLException {
        onPool(db.url(), Duration.ofSeconds(3), pool -> {
            Connection taken = pool.getConnection();
            history.whenFailed("whole", taken::close);
            plain.run(JdbcScope.transaction(pool), tx -> note(tx, "work"));
        });
        assertThat(history.lines()).singleElement().asString().startsWith("whole 1 OPEN RETRY_CONNECTION ");
        assertThat(noted("work")).isEqualTo(1);
    }
}
