package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that InnoDB still looks for, and locks, while the first ones are read. */
abstract class StreamedRowsTest {
    private static final int ROWS = 3000;

    private final TestDatabase db;
    private final DbopRunner once = DbopRunner.create()
            .named("streamed")
            .policy(RetryPolicy.builder().maxRetries(0).build())
            .listeners();

    StreamedRowsTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS noted, big, acc",
                "CREATE TABLE noted (who VARCHAR(20))",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT)",
                "INSERT INTO acc VALUES (1, 0)",
                "CREATE TABLE big (id INT PRIMARY KEY AUTO_INCREMENT, pad VARCHAR(2000))",
                "INSERT INTO big (pad) VALUES (REPEAT('x', 1500))");
        while (db.number("SELECT count(*) FROM big") < ROWS) {
            db.execute("INSERT INTO big (pad) SELECT pad FROM big");
        }
    }

    private Statement streaming(Connection c) throws SQLException {
        Statement statement = c.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        boolean connectorJ = db.url().startsWith("jdbc:mysql:");
        statement.setFetchSize(connectorJ ? Integer.MIN_VALUE : 10);
        return statement;
    }

    private CompletableFuture<Void> crossing(TestSession other, Connection c) throws SQLException {
        long me = db.sessionId(c);
        return CompletableFuture.runAsync(() -> {
            try {
                db.awaitBlocked(me);
                other.run("UPDATE acc SET v = v + 10 WHERE id = 1", "COMMIT");
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    private void readAndSwallow(Connection c) throws SQLException {
        try (Statement statement = streaming(c);
                ResultSet rows = statement.executeQuery("SELECT id, pad FROM big ORDER BY id FOR UPDATE")) {
            int read = 0;
            while (rows.next()) {
                read++;
            }
            assertThat(read).isLessThan(ROWS);
        } catch (SQLException swallowed) {
            assertThat(swallowed.getErrorCode()).isEqualTo(1213);
        }
    }

    @Test
    void aDeadlockSwallowedBetweenTwoRowsIsNoSuccess() throws SQLException {
        try (TestSession other = TestSession.open(db)) {
            // What has written more survives a deadlock.
            other.run(
                    "BEGIN",
                    "INSERT INTO noted SELECT 'heavy' FROM big",
                    "UPDATE big SET pad = 'y' WHERE id = (SELECT * FROM (SELECT max(id) - 100 FROM big) x)");
            Outcome<Boolean> outcome = once.tryCall(JdbcScope.transaction(db.dataSource()), c -> {
                PlainSql.execute(c, "INSERT INTO noted VALUES ('before')");
                PlainSql.execute(c, "UPDATE acc SET v = v + 1 WHERE id = 1");
                CompletableFuture<Void> crossed = crossing(other, c);
                readAndSwallow(c);
                crossed.join();
                PlainSql.execute(c, "INSERT INTO noted VALUES ('after')");
                return true;
            });

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.failure()).hasStackTraceContaining("Deadlock"));
        }
        assertThat(db.number("SELECT count(*) FROM noted WHERE who <> 'heavy'")).isZero();
    }

    @Test
    void rowsLeftOpenDoNotKeepTheWorkFromBeingCommitted() throws SQLException {
        once.run(JdbcScope.transaction(db.dataSource()), c -> {
            PlainSql.execute(c, "INSERT INTO noted VALUES ('before')");
            assertThat(streaming(c).executeQuery("SELECT id FROM big").next()).isTrue();
        });

        assertThat(db.query("SELECT who FROM noted")).containsExactly("before");
    }

    @Test
    void rowsLeftOpenDoNotKeepAStepOrItsTimeoutsFromEnding() throws SQLException {
        DbopRunner limited = once.lockTimeout(Duration.ofSeconds(7)).statementTimeout(Duration.ofSeconds(9));
        try (Connection own = db.connect()) {
            var before = db.stateOf(own);
            once.run(JdbcScope.transaction(own), c -> {
                limited.run(JdbcScope.savepoint(c), s -> {
                    PlainSql.execute(s, "INSERT INTO noted VALUES ('step')");
                    assertThat(streaming(s).executeQuery("SELECT id FROM big").next())
                            .isTrue();
                });
                PlainSql.execute(c, "INSERT INTO noted VALUES ('whole')");
            });
            Outcome<Boolean> undone = limited.tryCall(JdbcScope.transaction(own), c -> {
                PlainSql.execute(c, "INSERT INTO noted VALUES ('undone')");
                assertThat(streaming(c).executeQuery("SELECT id FROM big").next())
                        .isTrue();
                throw new IllegalArgumentException("undo");
            });

            assertThat(undone)
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.failure()).isInstanceOf(IllegalArgumentException.class));
            assertThat(db.stateOf(own)).isEqualTo(before);
        }
        assertThat(db.query("SELECT who FROM noted ORDER BY who")).containsExactly("step", "whole");
    }
}
