package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions the server ends: by a timeout of its own, or because an administrator wants it so. */
class PostgreSqlSessionFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";

    /** How a session comes to its end between two statements. */
    enum IdleEnd {
        TIMEOUT("25P03"),
        KILL("57P01");

        private final String code;

        IdleEnd(String code) {
            this.code = code;
        }
    }

    private boolean ended;

    PostgreSqlSessionFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Ends the session between two statements, the first time only. */
    private void endOnce(IdleEnd how, Connection connection) throws SQLException {
        if (ended) {
            return;
        }
        ended = true;
        if (how == IdleEnd.TIMEOUT) {
            execute(connection, "SET idle_in_transaction_session_timeout = '50ms'");
        } else {
            db.kill(db.sessionId(connection));
        }
        awaitEnd(db.sessionId(connection));
    }

    private void awaitEnd(long session) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> db.sessions().stream().noneMatch(other -> other.id() == session));
    }

    @ParameterizedTest
    @EnumSource
    void aSessionEndedInATransactionIsReplacedAndTheWholeRunAgain(IdleEnd how) throws SQLException {
        int[] runs = {0};

        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            runs[0]++;
            update(c, ADD_ONE);
            endOnce(how, c);
            update(c, "INSERT INTO uq VALUES (1, 'a')");
        });

        assertSucceeded(outcome);
        assertThat(runs[0]).isEqualTo(2);
        assertThat(history.lines()).containsExactly("step #1 OPERATION " + how.code + " RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
        assertThat(pool.opened()).isEqualTo(2);
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aSessionEndedInASavepointTakesTheOuterTransactionWithItWhichIsRunAgain(IdleEnd how) throws SQLException {
        Level level = Level.SAVEPOINT_AT_READ_COMMITTED;

        Outcome<Boolean> outcome = run(level, c -> {
            endOnce(how, c);
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEqualTo(level.goesUp(how.code, "RETRY_CONNECTION"));
        assertThat(balance(1)).isEqualTo(1);
        assertThat(pool.opened()).isEqualTo(2);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aSessionEndedOnTheCallersConnectionIsBeyondReach(IdleEnd how) throws SQLException {
        try (Connection mine = db.connect()) {
            Outcome<Boolean> outcome = run(step, JdbcScope.transaction(mine), c -> {
                update(c, ADD_ONE);
                endOnce(how, c);
                update(c, ADD_ONE);
            });

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.BEYOND_REACH);
            assertThat(mine.isClosed()).isTrue();
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION " + how.code + " RETRY_CONNECTION");
        assertThat(balance(1)).isZero();
    }

    /** COMMIT never reached the session, and the server says so. */
    @Test
    void aSessionTimedOutBeforeCommitHasCertainlyNotCommitted() throws SQLException {
        int[] runs = {0};

        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            runs[0]++;
            update(c, ADD_ONE);
            endOnce(IdleEnd.TIMEOUT, c);
        });

        assertSucceeded(outcome);
        assertThat(runs[0]).isEqualTo(2);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 25P03 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
        pool.assertAsFound();
    }

    /** The server does not say whether it was before or after. */
    @Test
    void aSessionKilledBeforeCommitLeavesTheOutcomeUnknown() throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            endOnce(IdleEnd.KILL, c);
        });

        assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 57P01 OUTCOME_UNKNOWN");
        assertThat(balance(1)).isZero();
        pool.assertAsFound();
    }

    /** The wait between two attempts counts as idle. */
    @Test
    void aDelayInsideTheOuterTransactionMayCostTheSessionAndTheWholeIsRunAgain() throws SQLException {
        Level level = Level.SAVEPOINT_AT_READ_COMMITTED;
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
            history.after("step", 1, () -> holder.run("COMMIT"));

            Outcome<Boolean> outcome = run(level, step.sleeper(delay -> idleForTooLong()), c -> {
                query(c, "SELECT bal FROM acct WHERE id = 1 FOR UPDATE NOWAIT");
                update(c, ADD_ONE);
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines())
                .containsExactly(
                        "step #1 OPERATION 55P03 RETRY_SAVEPOINT",
                        "step #2 OPEN 25P03 RETRY_CONNECTION",
                        "outer #1 OPERATION 25P03 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    private void idleForTooLong() {
        try {
            endOnce(IdleEnd.TIMEOUT, pool.physical());
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSessionKilledDuringAStatement(Level level) throws SQLException {
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
            // A snapshot taken while the holder still commits would be stale at once.
            history.after("outer", 1, this::awaitOthers);

            Outcome<Boolean> outcome = run(level, c -> {
                if (!ended) {
                    ended = true;
                    long self = db.sessionId(c);
                    meanwhile(holder, own -> {
                        db.awaitBlocked(self);
                        db.kill(self);
                        return true;
                    });
                    meanwhile(holder, "COMMIT");
                }
                update(c, ADD_ONE);
            });

            if (level == Level.AUTOCOMMIT) {
                assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
                assertThat(history.lines()).isEqualTo(level.goesUp("57P01", "OUTCOME_UNKNOWN"));
            } else {
                assertSucceeded(outcome);
                assertThat(history.lines()).isEqualTo(level.goesUp("57P01", "RETRY_CONNECTION"));
            }
            holder.run("SELECT 1");
        }
        assertThat(balance(1)).isEqualTo(level == Level.AUTOCOMMIT ? 10 : 11);
        assertOuterKept(level);
    }

    @Test
    void aReadKilledInAutocommitIsRepeated() throws SQLException {
        Outcome<Boolean> outcome = run(Level.AUTOCOMMIT, step.readOnly(), c -> {
            query(c, "SELECT 1");
            endOnce(IdleEnd.KILL, c);
            query(c, "SELECT 1");
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 57P01 OUTCOME_UNKNOWN");
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionTimeoutClosesTheSessionAndTheWholeIsRunAgain(Level level) throws SQLException {
        boolean[] slow = {true};

        Outcome<Boolean> outcome = run(level, c -> {
            if (slow[0]) {
                slow[0] = false;
                execute(c, (level == Level.AUTOCOMMIT ? "SET" : "SET LOCAL") + " transaction_timeout = '60ms'");
                query(c, "SELECT pg_sleep(5)");
            }
            update(c, ADD_ONE);
        });

        if (level == Level.AUTOCOMMIT) {
            assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
            assertThat(history.lines()).isEqualTo(level.goesUp("25P04", "OUTCOME_UNKNOWN"));
        } else {
            assertSucceeded(outcome);
            assertThat(history.lines()).isEqualTo(level.goesUp("25P04", "RETRY_CONNECTION"));
            assertThat(pool.opened()).isEqualTo(2);
        }
        assertThat(balance(1)).isEqualTo(level == Level.AUTOCOMMIT ? 0 : 1);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSACTION", "AUTOCOMMIT"})
    void aSessionThatTimedOutWhileIdleInThePoolIsReplacedAndNothingIsInDoubt(Level level) throws SQLException {
        execute(pool.physical(), "SET idle_session_timeout = '50ms'");
        awaitEnd(db.sessionId(pool.physical()));

        Outcome<Boolean> outcome = run(level, c -> update(c, ADD_ONE));

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 57P05 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
        assertThat(pool.opened()).isEqualTo(2);
        pool.assertAsFound();
    }

    @Test
    void aKillWhileCommitIsAtWorkLeavesTheOutcomeUnknown() throws SQLException {
        gateBeforeCommit();
        try (TestSession gate = TestSession.open(db)) {
            gate.run("SELECT pg_advisory_lock(7)");

            Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
                long self = db.sessionId(c);
                update(c, "INSERT INTO uq VALUES (1, 'a')");
                meanwhile(gate, own -> {
                    db.awaitBlocked(self);
                    db.kill(self);
                    return true;
                });
            });

            assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
        }
        assertThat(history.lines()).containsExactly("step #1 COMMIT 57P01 OUTCOME_UNKNOWN");
        assertThat(db.number("SELECT count(*) FROM uq")).isZero();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransactionTimeoutInCommitIsRepeatedOnlyIfThatDoesNoHarm(boolean idempotent) throws SQLException {
        gateBeforeCommit();
        try (TestSession gate = TestSession.open(db)) {
            gate.run("SELECT pg_advisory_lock(7)");
            history.after("step", 1, () -> gate.run("SELECT pg_advisory_unlock(7)"));

            Outcome<Boolean> outcome = run(Level.TRANSACTION, idempotent ? step.idempotent() : step, c -> {
                update(c, "INSERT INTO uq VALUES (1, 'a')");
                if (!ended) {
                    ended = true;
                    execute(c, "SET LOCAL transaction_timeout = '100ms'");
                }
            });

            assertThat(outcome instanceof Outcome.Success).isEqualTo(idempotent);
        }
        assertThat(history.lines()).containsExactly("step #1 COMMIT 25P04 OUTCOME_UNKNOWN");
        assertThat(db.number("SELECT count(*) FROM uq")).isEqualTo(idempotent ? 1 : 0);
        pool.assertAsFound();
    }

    /** The COMMIT of whoever writes into uq waits for the gate. */
    private void gateBeforeCommit() throws SQLException {
        db.execute("""
                CREATE OR REPLACE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON uq INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait_for_gate()""");
    }

    /** Kills at moments spread over the whole of COMMIT: whatever is told must be what the table holds. */
    @Test
    void aKillRacingWithCommitNeverLiesAndNeverDoublesTheWork() throws Exception {
        ExecutorService killer = Executors.newSingleThreadExecutor();
        List<Outcome<Boolean>> outcomes = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                outcomes.add(insertWhileKilled(i, killer));
            }
        } finally {
            killer.shutdown();
        }

        List<String> rows = db.query("SELECT id FROM outer_t");
        assertThat(outcomes)
                .anySatisfy(outcome -> assertThat(outcome.failures()).isNotEmpty());
        for (int i = 0; i < outcomes.size(); i++) {
            boolean succeeded = outcomes.get(i) instanceof Outcome.Success;
            int found = Collections.frequency(rows, Integer.toString(i));
            assertThat(found).as("rows of try %s: %s", i, outcomes.get(i)).isBetween(succeeded ? 1 : 0, 1);
            if (!succeeded) {
                assertThat(assertFailed(outcomes.get(i)).failure()).isInstanceOf(OutcomeUnknownException.class);
            }
        }
    }

    private Outcome<Boolean> insertWhileKilled(int number, ExecutorService killer) throws Exception {
        List<Future<Boolean>> kills = new ArrayList<>();
        Outcome<Boolean> outcome = run(step, JdbcScope.transaction(db.dataSource()), c -> {
            long self = db.sessionId(c);
            update(c, "INSERT INTO outer_t VALUES (" + number + ")");
            if (kills.isEmpty()) {
                kills.add(killer.submit(() -> {
                    db.kill(self);
                    return true;
                }));
                spin(TimeUnit.MICROSECONDS.toNanos(20L * number));
            }
        });
        kills.get(0).get(10, TimeUnit.SECONDS);
        return outcome;
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }
}
