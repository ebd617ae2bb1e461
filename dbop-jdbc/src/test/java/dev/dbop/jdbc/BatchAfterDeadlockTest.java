package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deadlock in the middle of a batch, whose rest a driver that pipelines sends all the same. */
abstract class BatchAfterDeadlockTest {
    private final TestDatabase db;
    private final TestSession other;
    private final AtomicInteger attempts = new AtomicInteger();
    private final DbopRunner runner = DbopRunner.create()
            .named("batch")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();

    BatchAfterDeadlockTest(TestDatabase db) throws SQLException {
        this.db = db;
        this.other = TestSession.open(db);
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS acc, noted, heavy",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT)",
                "INSERT INTO acc VALUES (1, 0), (2, 0), (3, 0)",
                "CREATE TABLE noted (body VARCHAR(20))",
                "CREATE TABLE heavy (id INT)");
    }

    @AfterEach
    void close() throws SQLException {
        other.close();
    }

    private interface Batch {
        void run(Connection c) throws SQLException;
    }

    /** InnoDB sacrifices the transaction that has changed less: in the first attempt, ours, at the batch's first entry. */
    private void victim(Connection c, Batch batch) throws SQLException {
        if (attempts.incrementAndGet() > 1) {
            batch.run(c);
            return;
        }
        other.run("BEGIN", "INSERT INTO heavy VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)");
        other.run("UPDATE acc SET v = v + 10 WHERE id = 2");
        PlainSql.execute(c, "UPDATE acc SET v = v + 1 WHERE id = 1");
        long me = db.sessionId(c);
        CompletableFuture<Void> crossing = CompletableFuture.runAsync(() -> {
            try {
                db.awaitBlocked(me);
                other.run("UPDATE acc SET v = v + 10 WHERE id = 1", "COMMIT");
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });
        try {
            batch.run(c);
        } finally {
            crossing.join();
        }
    }

    private static void statements(Connection c) throws SQLException {
        try (Statement statement = c.createStatement()) {
            statement.addBatch("UPDATE acc SET v = v + 1 WHERE id = 2");
            statement.addBatch("INSERT INTO noted VALUES ('batch')");
            statement.executeBatch();
        }
    }

    private static void prepared(Connection c) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement("UPDATE acc SET v = v + 1 WHERE id = ?")) {
            for (int id = 2; id <= 3; id++) {
                statement.setInt(1, id);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Test
    void theRestOfABatchOfStatementsIsNotDoneTwice() throws SQLException {
        runner.run(JdbcScope.transaction(db.dataSource()), c -> victim(c, BatchAfterDeadlockTest::statements));

        assertThat(attempts).hasValue(2);
        assertThat(db.query("SELECT body FROM noted")).containsExactly("batch");
    }

    @Test
    void theRestOfAPreparedBatchIsNotDoneTwice() throws SQLException {
        runner.run(JdbcScope.transaction(db.dataSource()), c -> victim(c, BatchAfterDeadlockTest::prepared));

        assertThat(attempts).hasValue(2);
        assertThat(db.number("SELECT v FROM acc WHERE id = 3")).isEqualTo(1);
    }

    @Test
    void nothingIsLeftOfABatchThatIsGivenUp() throws SQLException {
        DbopRunner once = runner.policy(RetryPolicy.noRetries());

        assertThatThrownBy(() -> once.run(
                        JdbcScope.transaction(db.dataSource()), c -> victim(c, BatchAfterDeadlockTest::statements)))
                .isInstanceOf(SQLException.class);
        assertThat(db.query("SELECT body FROM noted")).isEmpty();
    }
}
