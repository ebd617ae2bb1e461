package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that is cut off leaves its session behind: waiting, holding locks, ready to commit what it was sent. */
abstract class GhostTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create().named("ghost").listeners();

    GhostTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS ghost", "CREATE TABLE ghost (id INT PRIMARY KEY, v INT)");
        db.execute("INSERT INTO ghost VALUES (1, 0), (2, 0)");
    }

    private static void add(Connection c, int id) throws SQLException {
        try (Statement statement = c.createStatement()) {
            statement.executeUpdate("UPDATE ghost SET v = v + 1 WHERE id = " + id);
        }
    }

    @Test
    void theRerunEndsTheSessionThatStillHoldsTheLocksOfTheAttemptThatWasCutOff() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        try (TestSession blocker = TestSession.open(db);
                FaultProxy proxy = FaultProxy.to(db)) {
            blocker.run("BEGIN", "UPDATE ghost SET v = 0 WHERE id = 1");
            proxy.orphan(FaultProxy.containing("WHERE id = 1"));

            runner.run(JdbcScope.transaction(db.dataSource(proxy)), c -> {
                add(c, 2);
                if (attempts.incrementAndGet() == 1) {
                    add(c, 1);
                }
            });

            assertThat(attempts).hasValue(2);
            // The blocker still holds its row: the ghost would wait there, and keep the other row, for as long.
            assertThat(db.number("SELECT v FROM ghost WHERE id = 2")).isEqualTo(1);
            blocker.run("ROLLBACK");
        }
        assertThat(db.number("SELECT v FROM ghost WHERE id = 1")).isZero();
    }

    @Test
    void anAutocommitWriteThatWasCutOffIsNeverTakenForNotExecuted() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (TestSession blocker = TestSession.open(db);
                FaultProxy proxy = FaultProxy.to(db)) {
            blocker.run("BEGIN", "UPDATE ghost SET v = 0 WHERE id = 1");
            proxy.orphan(FaultProxy.containing("WHERE id = 1"));

            Outcome<Object> outcome = runner.tryCall(JdbcScope.autocommit(db.dataSource(proxy)), c -> {
                attempts.incrementAndGet();
                add(c, 1);
                return attempts;
            });

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.failure()).isInstanceOf(OutcomeUnknownException.class));
            assertThat(attempts).hasValue(1);
            blocker.run("ROLLBACK");
        }
    }
}
