package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 57014: our own timeout is healed, a human's cancel is not. */
class PostgreSqlCancelFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";

    PostgreSqlCancelFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private TestSession holder() throws SQLException {
        TestSession holder = TestSession.open(db);
        holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
        return holder;
    }

    @ParameterizedTest
    @EnumSource
    void aStatementTimeoutOfOursIsHealed(Level level) throws SQLException {
        boolean[] slow = {true};

        Outcome<Boolean> outcome = run(level, limitedWhile(() -> slow[0]), c -> {
            if (slow[0]) {
                slow[0] = false;
                query(c, "SELECT pg_sleep(5)");
            }
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEqualTo(level.healsInSavepoint("57014"));
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aHumansCancelIsFinal(Level level) throws SQLException {
        try (TestSession holder = holder()) {
            Outcome<Boolean> outcome = run(level, step.statementTimeout(Duration.ofSeconds(20)), c -> {
                long self = db.sessionId(c);
                meanwhile(holder, own -> {
                    db.awaitBlocked(self);
                    db.cancel(self);
                    return true;
                });
                update(c, ADD_ONE);
            });

            assertGivenUp(outcome, level);
        }
        assertThat(balance(1)).isZero();
    }

    private void assertGivenUp(Outcome<Boolean> outcome, Level level) throws SQLException {
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("57014");
        assertThat(history.lines()).isEqualTo(level.goesUp("57014", "GIVE_UP"));
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @Test
    void aQueryTimeoutOfTheOperationsOwnIsFinal() throws SQLException {
        Outcome<Boolean> outcome = run(Level.SAVEPOINT_AT_READ_COMMITTED, c -> {
            try (Statement statement = c.createStatement()) {
                statement.setQueryTimeout(1);
                statement.execute("SELECT pg_sleep(20)");
            }
        });

        assertGivenUp(outcome, Level.SAVEPOINT_AT_READ_COMMITTED);
    }

    /** The servers the tests run on speak English only, so a function says what a translated one would. */
    @ParameterizedTest
    @EnumSource
    void aCancelToldInAnotherLanguageIsFinal(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(
                level,
                c -> execute(
                        c,
                        "DO $$ BEGIN RAISE 'storniere Anfrage wegen Benutzeraufforderung'"
                                + " USING ERRCODE = '57014'; END $$"));

        assertGivenUp(outcome, level);
    }

    @ParameterizedTest
    @EnumSource
    void aStatementTimeoutOfTheSessionsOwnIsFinal(Level level) throws SQLException {
        execute(pool.physical(), "SET statement_timeout = '1s'");
        pool.prepared();

        Outcome<Boolean> outcome = run(level, c -> query(c, "SELECT pg_sleep(20)"));

        assertGivenUp(outcome, level);
    }

    @ParameterizedTest
    @EnumSource
    void theCancelOfAnAttemptThatRanOutOfTimeIsOurs(Level level) throws SQLException {
        // The attempt's time is not for the pool's first connect, and more than the second attempt needs.
        pool.prepared();
        boolean[] slow = {true};

        Outcome<Boolean> outcome = run(
                level,
                step.policy(QUICK.toBuilder()
                                .attemptTimeout(Duration.ofSeconds(4))
                                .build())
                        .statementTimeout(Duration.ofSeconds(10)),
                c -> {
                    if (slow[0]) {
                        slow[0] = false;
                        query(c, "SELECT pg_sleep(10)");
                    }
                    update(c, ADD_ONE);
                });

        assertSucceeded(outcome);
        // Our cancel and the server's timeout strike at the same time, so either may be first.
        assertThat(history.lines())
                .hasSizeBetween(1, 2)
                .allMatch(line -> line.contains(" #1 OPERATION AttemptTimeoutException(57014) RETRY_"));
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @Test
    void aHumansCancelOfTheCommitIsFinalAndNothingIsCommitted() throws SQLException {
        slowCommit();
        try (TestSession gate = TestSession.open(db)) {
            gate.run("SELECT pg_advisory_lock(7)");
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

            Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
                long self = db.sessionId(c);
                update(c, "INSERT INTO uq VALUES (1, 'a')");
                meanwhile(gate, own -> {
                    db.awaitBlocked(self);
                    db.cancel(self);
                    return cancelled.complete(true);
                });
            });

            assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("57014");
            assertThat(cancelled).succeedsWithin(Duration.ofSeconds(10));
        }
        assertThat(history.lines()).containsExactly("step #1 COMMIT 57014 GIVE_UP");
        assertThat(db.number("SELECT count(*) FROM uq")).isZero();
        pool.assertAsFound();
    }

    /** The COMMIT of whoever writes into uq waits for the gate. */
    private void slowCommit() throws SQLException {
        db.execute("""
                CREATE OR REPLACE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON uq INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait_for_gate()""");
    }
}
