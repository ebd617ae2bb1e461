package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Statements stopped from outside: by a limit, which is a reason to try again, or by somebody, which is not. MariaDB
 * limits every statement; MySQL only reads, so that anything else is cancelled by the attempt.
 */
abstract class TimeoutFaultsTest extends InnoDbFaultsTest {
    private static final String CANCELLED = "1317/70100";

    private final DbopRunner limited = limitedAtFirst(step);

    TimeoutFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** The limit struck: the server's own code, or that of our cancel. */
    private String limit() {
        return mariaDb ? "1969/70100" : "cancelled";
    }

    @Test
    void ofAnUpdateHealInTheSavepoint() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                note(tx, "outer");
                limited.run(JdbcScope.savepoint(tx), s -> {
                    note(s, "step");
                    add(s, 1);
                });
                note(tx, "after");
            }));
        }
        assertThat(history.lines()).isEqualTo(healed(limit()));
        assertThat(runs).hasValue(1);
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isEqualTo(1);
        assertThat(noted("after")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void ofAnUpdateHealInTheCallersOwnTransaction() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onConnection(connection -> {
                connection.setAutoCommit(false);
                note(connection, "outer");
                limited.run(JdbcScope.savepoint(connection), s -> add(s, 1));
                connection.commit();
                connection.setAutoCommit(true);
            });
        }
        assertThat(history.lines()).isEqualTo(healed(limit()));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void ofAnUpdateRunTransactionAndStatementAgain() throws SQLException {
        DbopRunner quick = limitedAtFirst(whole);
        try (TestSession other = holding(1);
                TestSession another = holding(2)) {
            history.whenFailed("whole", () -> other.run("COMMIT"));
            onPool(pool -> quick.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                add(tx, 1);
            }));
            history.whenFailed("whole", () -> another.run("COMMIT"));
            onPool(pool -> quick.run(JdbcScope.autocommit(pool), c -> add(c, 2)));
        }
        String line = "whole 1 OPERATION RETRY_SAVEPOINT " + limit();
        assertThat(history.lines()).containsExactly(line, line);
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
        assertThat(value(2)).isEqualTo(101);
    }

    /** The limit of the attempt and, clamped to it, that of the statement: whichever strikes first. */
    @Test
    void ofAnAttemptRunItAgain() throws SQLException {
        RetryPolicy policy = RetryPolicy.builder()
                .initialDelay(Duration.ZERO)
                .attemptTimeout(Duration.ofSeconds(5))
                .build();
        try (TestSession other = holding(1)) {
            history.whenFailed("whole", () -> other.run("COMMIT"));
            onPool(pool -> {
                // The attempt's time is not for the pool's first connect.
                pool.getConnection().close();
                plain.policy(policy).run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "outer");
                    add(tx, 1);
                });
            });
        }
        assertThat(history.lines()).singleElement().asString().startsWith("whole 1 OPERATION RETRY_SAVEPOINT ");
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void byAnAdministratorsKillQueryGiveUpAtEveryLevel() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> addAndBeCancelled(s, other));
            }));
            assertThat(history.lines()).isEqualTo(givenUp(CANCELLED));
            history.forget();
            onPool(pool -> failureOf(plain, JdbcScope.autocommit(pool), c -> addAndBeCancelled(c, other)));
            assertThat(history.lines())
                    .containsExactly("whole 1 OPERATION GIVE_UP " + CANCELLED, "whole: NOT_RETRYABLE");
            other.run("COMMIT");
        }
        assertThat(noted("outer")).isZero();
        assertThat(value(1)).isEqualTo(100);
    }

    private void addAndBeCancelled(Connection connection, TestSession other) throws SQLException {
        long victim = db.sessionId(connection);
        CompletableFuture<Boolean> unused = other.start(o -> {
            db.awaitBlocked(victim);
            db.cancel(victim);
            return true;
        });
        add(connection, 1);
    }

    /** The transaction lives: an operation that can do without the statement may go on. */
    @Test
    void byKillQueryThatTheOperationSwallowsLetTheRestIn() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "head");
                assertThatThrownBy(() -> addAndBeCancelled(tx, other)).isInstanceOf(SQLException.class);
                note(tx, "tail");
            }));
            other.run("COMMIT");
        }
        assertThat(history.lines()).isEmpty();
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(100);
    }

    @Test
    void byTheOperationsOwnCancelGiveUp() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                long victim = db.sessionId(tx);
                try (Statement statement = tx.createStatement()) {
                    CompletableFuture<Boolean> unused = other.start(o -> {
                        db.awaitBlocked(victim);
                        statement.cancel();
                        return true;
                    });
                    statement.executeUpdate("UPDATE acc SET v = v + 1 WHERE id = 1");
                }
            }));
            other.run("COMMIT");
        }
        // Connector/J may say so itself, without a code, or pass on what the server says.
        assertThat(history.lines().get(0)).matches("whole 1 OPERATION GIVE_UP (1317/70100|0/null)");
        assertThat(history.lines()).last().isEqualTo("whole: NOT_RETRYABLE");
        assertThat(noted("outer")).isZero();
        assertThat(value(1)).isEqualTo(100);
    }

    /** MariaDB's driver asks MySQL to cancel and then cannot tell that from an administrator's cancel. */
    @Test
    void byTheDriversQueryTimeoutHealInTheSavepointWhereTheyCanBeTold() throws SQLException {
        boolean told = mariaDb || connectorJ;
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> {
                if (told) {
                    whole.run(JdbcScope.transaction(pool), this::stepWithQueryTimeout);
                } else {
                    failureOf(whole, JdbcScope.transaction(pool), this::stepWithQueryTimeout);
                }
            });
        }
        assertThat(history.lines()).isEqualTo(told ? healed(mariaDb ? limit() : "0/null") : givenUp(CANCELLED));
        assertThat(noted("outer")).isEqualTo(told ? 1 : 0);
        assertThat(value(1)).isEqualTo(told ? 101 : 100);
    }

    private void stepWithQueryTimeout(Connection tx) throws SQLException {
        note(tx, "outer");
        step.run(JdbcScope.savepoint(tx), s -> {
            try (Statement statement = s.createStatement()) {
                statement.setQueryTimeout(1);
                statement.executeUpdate("UPDATE acc SET v = v + 1 WHERE id = 1");
            }
        });
    }

    /** A limit the operation has set itself: the server's code tells it from a human's cancel, so it is retried alike. */
    @Test
    void thatAStatementSetForItselfAreRetriedLikeOurs() throws SQLException {
        String statement = mariaDb
                ? "SET STATEMENT max_statement_time=0.1 FOR UPDATE acc SET v = v + 1 WHERE id = 1"
                : "SELECT /*+ MAX_EXECUTION_TIME(100) */ v FROM acc WHERE id = 1 FOR UPDATE";
        try (TestSession other = holding(1)) {
            onPool(pool -> failureOf(plain, JdbcScope.transaction(pool), tx -> execute(tx, statement)));
            other.run("COMMIT");
        }
        String timeout = " OPERATION RETRY_SAVEPOINT " + (mariaDb ? "1969/70100" : "3024/HY000");
        assertThat(history.lines())
                .containsExactly(
                        "whole 1" + timeout, "whole 2" + timeout, "whole 3" + timeout, "whole: RETRIES_EXHAUSTED");
    }
}
