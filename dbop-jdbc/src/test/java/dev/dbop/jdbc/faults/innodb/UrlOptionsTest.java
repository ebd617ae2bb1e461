package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Options of the URL change how statements travel and how failures look, and must not change what is made of them. */
abstract class UrlOptionsTest extends InnoDbFaultsTest {
    private static final String FAILURE = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO=1213, MESSAGE_TEXT='x'";

    private final AtomicInteger runs = new AtomicInteger();

    UrlOptionsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private List<String> options() {
        return connectorJ
                ? List.of(
                        "useLocalSessionState=true",
                        "allowMultiQueries=true",
                        "rewriteBatchedStatements=true",
                        "useServerPrepStmts=true")
                : List.of(
                        "disablePipeline=true",
                        "allowMultiQueries=true",
                        "useServerPrepStmts=true",
                        "useBulkStmts=true");
    }

    /** A use of a pool. */
    @FunctionalInterface
    private interface WithOption {
        void on(DataSource pool) throws SQLException;
    }

    private void withEachOption(WithOption use) throws SQLException {
        for (String option : options()) {
            history.forget();
            runs.set(0);
            db.execute("DELETE FROM lg", "DELETE FROM ma");
            try {
                onPool(db.url() + "&" + option, use::on);
            } catch (SQLException | RuntimeException | AssertionError failure) {
                throw new AssertionError("with " + option, failure);
            }
        }
    }

    private static void batch(Connection connection, String... statements) throws SQLException {
        try (Statement batch = connection.createStatement()) {
            for (String sql : statements) {
                batch.addBatch(sql);
            }
            batch.executeBatch();
        }
    }

    @Test
    void deadlocksInASavepoint() throws SQLException {
        withEachOption(pool -> {
            db.execute("UPDATE acc SET v = 0");
            uncross();
            try (TestSession other = heavyweight()) {
                whole.run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "outer");
                    step.run(JdbcScope.savepoint(tx), s -> cross(s, other));
                });
            }
            assertThat(history.lines()).isEqualTo(goneUp("RETRY_TRANSACTION", "1213/40001"));
            assertThat(noted("outer")).isEqualTo(1);
            assertCrossed();
        });
    }

    @Test
    void batchesThatFailAreClassifiedByTheFailureInside() throws SQLException {
        withEachOption(pool -> {
            whole.run(JdbcScope.transaction(pool), tx -> {
                String failure = runs.incrementAndGet() == 1 ? FAILURE : "INSERT INTO ma VALUES (3)";
                batch(tx, "INSERT INTO ma VALUES (1)", failure, "INSERT INTO ma VALUES (2)");
            });
            assertThat(history.lines()).singleElement().asString().startsWith("whole 1 OPERATION RETRY_TRANSACTION ");
            assertThat(db.number("SELECT COUNT(*) FROM ma")).isEqualTo(3);
        });
    }

    @Test
    void batchesOfAPreparedStatementWithADuplicateAreGivenUp() throws SQLException {
        withEachOption(pool -> {
            failureOf(whole, JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                try (PreparedStatement insert = tx.prepareStatement("INSERT INTO ma VALUES (?)")) {
                    for (int id : new int[] {1, 2, 1, 3, 4, 5}) {
                        insert.setInt(1, id);
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
            });
            assertThat(runs).hasValue(1);
            assertThat(history.lines()).last().isEqualTo("whole: NOT_RETRYABLE");
            assertThat(db.number("SELECT COUNT(*) FROM ma")).isZero();
        });
    }

    /** Each statement of the batch commits on its own: what came before the failure is durable and must not come twice. */
    @Test
    void batchesInAutocommitModeThatFailHalfwayAreUnknown() throws SQLException {
        withEachOption(pool -> {
            Exception failure = failureOf(whole, JdbcScope.autocommit(pool), c -> {
                runs.incrementAndGet();
                batch(c, "INSERT INTO lg (who) VALUES ('first')", FAILURE);
            });
            assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
            assertThat(runs).hasValue(1);
            assertThat(noted("first")).isEqualTo(1);
        });
    }

    /** So does each statement in a text of several, and in a procedure. */
    @Test
    void textsOfSeveralStatementsInAutocommitModeThatFailHalfwayAreUnknown() throws SQLException {
        db.execute(
                "DROP PROCEDURE IF EXISTS half",
                "CREATE PROCEDURE half() BEGIN INSERT INTO lg (who) VALUES ('first'); " + FAILURE + "; END");
        for (String text : List.of("INSERT INTO lg (who) VALUES ('first'); " + FAILURE, "CALL half()")) {
            db.execute("DELETE FROM lg");
            runs.set(0);
            onPool(db.url() + "&allowMultiQueries=true", pool -> {
                Exception failure = failureOf(whole, JdbcScope.autocommit(pool), c -> {
                    runs.incrementAndGet();
                    update(c, text);
                });
                assertThat(failure).as(text).isInstanceOf(OutcomeUnknownException.class);
            });
            assertThat(runs).as(text).hasValue(1);
            assertThat(noted("first")).as(text).isEqualTo(1);
        }
    }

    @Test
    void commitsThatFail() throws SQLException {
        withEachOption(pool -> {
            try (TestSession locker = TestSession.open(db)) {
                failureOf(whole, JdbcScope.transaction(pool), tx -> {
                    note(tx, "work");
                    locker.run("FLUSH TABLES WITH READ LOCK");
                    long victim = db.sessionId(tx);
                    CompletableFuture<Boolean> unused = locker.start(l -> {
                        db.awaitBlocked(victim);
                        db.cancel(victim);
                        return true;
                    });
                });
                locker.run("UNLOCK TABLES");
            }
            assertThat(history.lines()).containsExactly("whole 1 COMMIT GIVE_UP 1317/70100", "whole: NOT_RETRYABLE");
            assertThat(noted("work")).isZero();
        });
    }
}
