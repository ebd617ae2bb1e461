package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.MySqlSql;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** MySQL's max_execution_time, which stops top-level SELECTs only. */
abstract class MySqlTimeoutFaultsTest extends InnoDbFaultsTest {
    private static final String LIMITED = "SELECT /*+ MAX_EXECUTION_TIME(1000) */ v FROM acc WHERE id = 1 FOR UPDATE";

    MySqlTimeoutFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @Test
    void ofTheServerHealInTheSavepoint() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> {
                    execute(s, LIMITED);
                    add(s, 1);
                });
            }));
        }
        assertThat(history.lines()).isEqualTo(healed("3024/HY000"));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    /** The server's limit and our own cancel come at the same time; either way it is a timeout. */
    @Test
    void ofTheAttemptHealInTheSavepointWhoeverStrikesFirst() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.statementTimeout(SECOND).run(JdbcScope.savepoint(tx), s -> {
                    execute(s, "SELECT v FROM acc WHERE id = 1 FOR UPDATE");
                    add(s, 1);
                });
            }));
        }
        assertThat(history.lines()).singleElement().asString().startsWith("step 1 OPERATION RETRY_SAVEPOINT ");
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    /** A KILL between two statements of a text is not answered at all. */
    @Test
    void ofTheAttemptStrikeACommitThatSharesItsTextOnlyOnceItHasRunForSomeTime() throws SQLException {
        assumeTrue(connectorJ, "the other driver sends no text of several statements");
        DbopRunner limited = whole.policy(RetryPolicy.builder()
                .maxRetries(20) // the time of one attempt may be up before its COMMIT
                .attemptTimeout(MySqlSql.UNSTOPPED.dividedBy(2))
                .build());
        AtomicLong returned = new AtomicLong();
        Duration after;
        try (FaultProxy proxy = FaultProxy.to(db);
                TestSession caller = TestSession.open(db)) {
            PlannedFault held = proxy.holdAnswer(COMMIT);
            // Planned now, lest it gets past while this thread wakes up; those before are of earlier attempts.
            Predicate<byte[]> kill = FaultProxy.containing("KILL QUERY");
            PlannedFault stopped = proxy.holdBack(bytes -> held.hasHappened() && kill.test(bytes));
            CompletableFuture<Boolean> call = caller.start(unused -> {
                onPool(
                        db.url(proxy.port()) + "&allowMultiQueries=true",
                        pool -> limited.run(JdbcScope.transaction(pool), tx -> {
                            note(tx, "work");
                            returned.set(System.nanoTime());
                        }));
                return true;
            });
            held.await();
            stopped.await();
            after = Duration.ofNanos(System.nanoTime() - returned.get());
            held.release();
            stopped.release();
            // whoever is late here finds the connection cut, and that is not the question
            assertThat(call.handle((done, unknown) -> true)).succeedsWithin(Duration.ofSeconds(10));
        }
        assertThat(after).isGreaterThanOrEqualTo(MySqlSql.UNSTOPPED);
    }

    /** As where a KILL between two statements of a text is not answered. */
    @Test
    void ofTheStatementCutAConnectionThatDoesNotHeedThem() throws SQLException {
        assumeTrue(connectorJ, "the other driver sends no text of several statements");
        try (FaultProxy proxy = FaultProxy.to(db);
                TestSession caller = TestSession.open(db)) {
            PlannedFault held = proxy.holdAnswer(FaultProxy.containing("UPDATE acc"));
            CompletableFuture<Boolean> call = caller.start(unused -> {
                onPool(
                        proxy,
                        pool -> plain.statementTimeout(SECOND).run(JdbcScope.transaction(pool), tx -> add(tx, 1)));
                return true;
            });
            held.await();

            assertThat(call).succeedsWithin(Duration.ofSeconds(20));
            held.release();
        }
        assertThat(value(1)).isEqualTo(1);
    }

    /**
     * MySQL's answer to a cancelled SLEEP is success: the row is there. Connector/J reports its timeout all the same, so
     * that it proves nothing.
     */
    @Test
    void ofTheDriverThatComeTooLateInAutocommitModeNeverRepeatTheStatement() throws SQLException {
        onPool(pool -> plain.tryCall(JdbcScope.autocommit(pool), c -> {
            try (Statement statement = c.createStatement()) {
                statement.setQueryTimeout(1);
                return statement.executeUpdate("INSERT INTO lg (who) VALUES (CONCAT('slept', SLEEP(10)))");
            }
        }));
        assertThat(history.lines())
                .isEqualTo(
                        connectorJ
                                ? List.of("whole 1 OPERATION OUTCOME_UNKNOWN 0/null", "whole: OUTCOME_UNKNOWN")
                                : List.of());
        assertThat(noted("slept1")).isEqualTo(1);
    }

    /** A trap for tests: SLEEP that is stopped returns 1, and nothing has failed. */
    @Test
    void ofSleepAreNoFailure() throws SQLException {
        onPool(pool ->
                whole.statementTimeout(SECOND).run(JdbcScope.transaction(pool), tx -> execute(tx, "SELECT SLEEP(10)")));
        assertThat(history.lines()).isEmpty();
    }
}
