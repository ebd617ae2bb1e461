package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statements that commit on their own: nothing may keep them from it, and what is durable is not repeated. */
abstract class AutocommitScopeTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("autocommit")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();
    private final Connection own;
    private SessionState before;

    AutocommitScopeTest(TestDatabase db) throws SQLException {
        this.db = db;
        this.own = db.connect();
        this.before = db.stateOf(own);
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS noted", "CREATE TABLE noted (body VARCHAR(20) PRIMARY KEY)");
        before = db.stateOf(own);
    }

    @AfterEach
    void theConnectionIsAsItWas() throws SQLException {
        assertThat(db.stateOf(own)).isEqualTo(before);
        assertThat(own.getAutoCommit()).isTrue();
        own.close();
    }

    private static void note(Connection c, String body) throws SQLException {
        PlainSql.execute(c, "INSERT INTO noted VALUES ('" + body + "')");
    }

    private List<String> noted() throws SQLException {
        return db.query("SELECT body FROM noted ORDER BY body");
    }

    private interface Body {
        void on(Connection c) throws SQLException;
    }

    private void assertRefused(Body body) {
        ThrowingCallable call = () -> runner.run(JdbcScope.autocommit(own), body::on);
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("2D000"))
                .hasMessageContaining("transaction scope");
    }

    @Test
    void refusesWhatWouldBeginATransactionNobodyCommits() throws SQLException {
        String begin = db.database().family() == Database.Family.MYSQL ? "START TRANSACTION" : "BEGIN";
        assertRefused(c -> PlainSql.execute(c, begin));
        assertRefused(c -> c.setAutoCommit(false));
        assertRefused(Connection::setSavepoint);
        assertRefused(c -> c.setSavepoint("a"));
        assertRefused(Connection::commit);
        assertRefused(Connection::rollback);
    }

    @Test
    void refusesWhatWouldOutliveTheAttempt() {
        assertRefused(c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
        assertRefused(c -> c.setReadOnly(true));
        assertRefused(c -> c.abort(Runnable::run));
    }

    @Test
    void letsAutocommitBeSwitchedOnWhichItIs() throws SQLException {
        runner.run(JdbcScope.autocommit(own), c -> {
            c.setAutoCommit(true);
            assertThat(c.getAutoCommit()).isTrue();
            note(c, "done");
        });

        assertThat(noted()).containsExactly("done");
    }

    @Test
    void failsAndRollsBackIfATransactionIsLeftOpenBehindItsBack() throws SQLException {
        String begin = db.database().family() == Database.Family.MYSQL ? "START TRANSACTION" : "BEGIN";
        assertRefused(c -> {
            PlainSql.execute(c.unwrap(own.getClass()), begin);
            note(c, "lost");
        });

        assertThat(noted()).isEmpty();
        note(own, "next");
        assertThat(noted()).containsExactly("next");
    }

    @Test
    void aSwallowedFailureIsNoTransactionLeftOpen() throws SQLException {
        runner.run(JdbcScope.autocommit(own), c -> {
            note(c, "done");
            assertThatThrownBy(() -> note(c, "done")).isInstanceOf(SQLException.class);
        });

        assertThat(noted()).containsExactly("done");
    }

    @Test
    void aFailedStatementOfTheCallersIsNoOpenTransaction() throws SQLException {
        note(own, "done");
        assertThatThrownBy(() -> note(own, "done")).isInstanceOf(SQLException.class);
        runner.run(JdbcScope.transaction(own), c -> note(c, "in a transaction"));
        assertThatThrownBy(() -> note(own, "done")).isInstanceOf(SQLException.class);
        runner.run(JdbcScope.join(own), c -> note(c, "joined"));
        assertThatThrownBy(() -> note(own, "done")).isInstanceOf(SQLException.class);
        runner.run(JdbcScope.autocommit(own), c -> note(c, "on its own"));

        assertThat(noted()).containsExactly("done", "in a transaction", "joined", "on its own");
    }

    @Test
    void statementsAfterATransactionInsideCommitOnTheirOwnAgain() throws SQLException {
        runner.run(JdbcScope.autocommit(own), c -> {
            runner.run(JdbcScope.transaction(c), inner -> note(inner, "1 transaction"));
            note(c, "2 after");
            assertThat(noted()).containsExactly("1 transaction", "2 after");
            runner.run(JdbcScope.autocommit(c), inner -> note(inner, "3 inside"));
            runner.run(JdbcScope.join(c), inner -> note(inner, "4 joined"));
        });

        assertThat(noted()).containsExactly("1 transaction", "2 after", "3 inside", "4 joined");
    }

    @Test
    void statementsAfterATransactionThatFailedInsideCommitOnTheirOwnAgain() throws SQLException {
        runner.run(JdbcScope.autocommit(own), c -> {
            assertThatThrownBy(() -> runner.run(JdbcScope.transaction(c), inner -> {
                        note(inner, "undone");
                        throw new IllegalArgumentException("refused");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            note(c, "after");
        });

        assertThat(noted()).containsExactly("after");
    }

    @Test
    void whatATransactionInsideHasCommittedIsNotRepeated() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> retryingEverything().run(JdbcScope.autocommit(own), c -> {
                    attempts.incrementAndGet();
                    runner.run(JdbcScope.transaction(c), inner -> note(inner, "once"));
                    throw new IllegalArgumentException("retry this");
                }))
                .isInstanceOf(OutcomeUnknownException.class);

        assertThat(attempts).hasValue(1);
        assertThat(noted()).containsExactly("once");
    }

    @Test
    void whatATransactionInsideHasOnlyReadIsRepeated() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        retryingEverything().run(JdbcScope.autocommit(own), c -> {
            runner.readOnly()
                    .run(
                            JdbcScope.transaction(c),
                            inner -> assertThat(PlainSql.query(inner, "SELECT body FROM noted"))
                                    .isEmpty());
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalArgumentException("retry this");
            }
        });

        assertThat(attempts).hasValue(2);
    }

    @Test
    void whatAnAutocommitAttemptInsideHasDoneIsNotRepeated() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> retryingEverything().run(JdbcScope.autocommit(own), c -> {
                    attempts.incrementAndGet();
                    runner.run(JdbcScope.autocommit(c), inner -> note(inner, "once"));
                    throw new IllegalArgumentException("retry this");
                }))
                .isInstanceOf(OutcomeUnknownException.class);

        assertThat(attempts).hasValue(1);
    }

    private DbopRunner retryingEverything() {
        return runner.classifier((failure, phase) -> Verdict.RETRY_TRANSACTION);
    }

    @Test
    void aTransactionInsideCannotBeginOnceTheAttemptHasEnded() throws SQLException {
        Connection[] kept = new Connection[1];
        runner.run(JdbcScope.autocommit(own), c -> {
            kept[0] = c;
        });

        assertThatThrownBy(() -> runner.run(JdbcScope.transaction(kept[0]), c -> note(c, "late")))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("has ended");
        assertThatThrownBy(() -> runner.run(JdbcScope.autocommit(kept[0]), c -> note(c, "late")))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("has ended");
        assertThat(noted()).isEmpty();
    }
}
