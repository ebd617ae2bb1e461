package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

/** Statements that commit the transaction around them without saying so: what they made durable is not repeated. */
abstract class EndedTransactionTest {
    final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("ended")
            .policy(RetryPolicy.builder()
                    .maxRetries(3)
                    .initialDelay(Duration.ofMillis(1))
                    .build())
            .listeners();
    private final DbopRunner limited = runner.lockTimeout(Duration.ofSeconds(1));
    private final AtomicInteger runs = new AtomicInteger();

    EndedTransactionTest(TestDatabase db) {
        this.db = db;
    }

    /** Commits, or rolls back, inside. */
    @FunctionalInterface
    interface Ending {
        void in(Connection c) throws SQLException;
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS noted",
                "DROP TABLE IF EXISTS acc",
                "CREATE TABLE noted (who VARCHAR(20))",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT)",
                "INSERT INTO acc VALUES (1, 0)");
    }

    final long noted(String who) throws SQLException {
        return db.number("SELECT count(*) FROM noted WHERE who = '" + who + "'");
    }

    /** What runs before the ending is durable by then; what runs after it fails as retryably as it likes. */
    final void assertNotRepeated(String first, Ending ending) throws SQLException {
        runs.set(0);
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE acc SET v = 1 WHERE id = 1");
            Outcome<Boolean> outcome = limited.tryCall(JdbcScope.transaction(db.dataSource()), c -> {
                if (runs.incrementAndGet() == 2) {
                    other.run("COMMIT");
                }
                PlainSql.execute(c, first);
                ending.in(c);
                PlainSql.execute(c, "UPDATE acc SET v = v + 1 WHERE id = 1");
                return true;
            });

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE));
        }
        assertThat(runs).hasValue(1);
        assertThat(noted("before")).isEqualTo(first.startsWith("INSERT") ? 1 : 0);
    }

    /** The statement itself fails, and nothing runs after it, by whichever way the attempt has begun. */
    final void assertRefused(Ending ending) throws SQLException {
        for (DbopRunner with : new DbopRunner[] {runner, limited}) {
            db.execute("DELETE FROM noted");
            assertThatThrownBy(() -> with.run(JdbcScope.transaction(db.dataSource()), c -> {
                        PlainSql.execute(c, "INSERT INTO noted VALUES ('before')");
                        assertThatThrownBy(() -> ending.in(c))
                                .hasMessageContaining("has ended the attempt's transaction");
                        assertThatThrownBy(() -> PlainSql.execute(c, "INSERT INTO noted VALUES ('after')"))
                                .hasMessageContaining("did not survive");
                    }))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("has ended the attempt's transaction");
            assertThat(noted("after")).isZero();
        }
    }

    /** Found out by the connection being put back as it was found. */
    final void assertSessionUnharmed(Ending ending) throws SQLException {
        try (Connection own = db.connect()) {
            var before = db.stateOf(own);
            assertThatThrownBy(() -> limited.run(JdbcScope.transaction(own), c -> {
                        PlainSql.execute(c, "INSERT INTO noted VALUES ('before')");
                        ending.in(c);
                    }))
                    .isInstanceOf(SQLException.class);
            assertThat(db.stateOf(own)).isEqualTo(before);
        }
    }
}
