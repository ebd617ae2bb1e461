package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 40P01: a cycle of lock waits, of which dbop's side is always the victim. */
class PostgreSqlDeadlockFaultsTest extends PostgreSqlFaultsTest {
    /** Takes account 1, waits until nobody holds the gate, takes account 2: a deadlock in a single statement. */
    private static final String BOTH_ACCOUNTS = """
            DO $$ BEGIN
              UPDATE acct SET bal = bal + 1 WHERE id = 1;
              PERFORM pg_advisory_xact_lock(7);
              UPDATE acct SET bal = bal + 1 WHERE id = 2;
            END $$""";

    PostgreSqlDeadlockFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Takes the accounts the other way round, and leaves the search for the deadlock to its victim. */
    private TestSession other() throws SQLException {
        TestSession other = TestSession.open(db);
        other.run("BEGIN", "SET LOCAL deadlock_timeout = '20s'", "UPDATE acct SET bal = bal + 10 WHERE id = 2");
        return other;
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlockIsHealedWhereTheStepBeganAndByTheWholeTransactionWhereItKeepsASnapshot(Level level)
            throws SQLException {
        try (TestSession other = other();
                TestSession gate = TestSession.open(db)) {
            gate.run("SELECT pg_advisory_lock(7)");
            // A victim that is faster than the survivor it has made way for meets it in the same deadlock again, and a
            // snapshot taken while the other still commits would be stale once more.
            history.after("step", 1, this::awaitOthers);
            history.after("outer", 1, this::awaitOthers);
            boolean[] again = {false};

            Outcome<Boolean> outcome = run(level, c -> {
                if (!again[0]) {
                    again[0] = true;
                    long self = db.sessionId(c);
                    meanwhile(gate, own -> {
                        db.awaitBlocked(self);
                        meanwhile(other, "UPDATE acct SET bal = bal + 10 WHERE id = 1", "COMMIT");
                        other.awaitBlocked();
                        execute(own, "SELECT pg_advisory_unlock(7)");
                        return true;
                    });
                }
                execute(c, BOTH_ACCOUNTS);
            });

            assertSucceeded(outcome);
            assertThat(history.lines()).isEqualTo(level.healsInSavepoint("40P01"));
        }
        assertThat(balance(1)).isEqualTo(11);
        assertThat(balance(2)).isEqualTo(11);
        assertOuterKept(level);
    }

    @Test
    void aDeadlockWithALockOfTheOuterTransactionGoesUpWhenItComesBack() throws SQLException {
        history.after("outer", 1, this::awaitOthers);
        try (TestSession other = other()) {
            boolean[] again = {false};

            Outcome<Boolean> outcome = run(outer, JdbcScope.transaction(pool), tx -> {
                update(tx, "UPDATE acct SET bal = bal + 1 WHERE id = 1");
                if (!again[0]) {
                    again[0] = true;
                    meanwhile(other, "UPDATE acct SET bal = bal + 10 WHERE id = 1", "COMMIT");
                    other.awaitBlocked();
                }
                step.run(JdbcScope.savepoint(tx), c -> update(c, "UPDATE acct SET bal = bal + 1 WHERE id = 2"));
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines())
                .containsExactly(
                        "step #1 OPERATION 40P01 RETRY_SAVEPOINT",
                        "step #2 OPERATION 40P01 RETRY_TRANSACTION",
                        "outer #1 OPERATION 40P01 RETRY_SAVEPOINT");
        assertThat(balance(1)).isEqualTo(11);
        assertThat(balance(2)).isEqualTo(11);
        pool.assertAsFound();
    }

    @Test
    void aDeadlockThatGoesUpLeavesTheCallersOwnTransactionToTheCaller() throws SQLException {
        try (TestSession other = other();
                Connection mine = db.connect()) {
            mine.setAutoCommit(false);
            update(mine, "INSERT INTO outer_t VALUES (1)");
            update(mine, "UPDATE acct SET bal = bal + 1 WHERE id = 1");
            CompletableFuture<Boolean> others = other.start("UPDATE acct SET bal = bal + 10 WHERE id = 1", "COMMIT");
            other.awaitBlocked();
            var before = db.stateOf(mine);

            Outcome<Boolean> outcome =
                    run(step, JdbcScope.savepoint(mine), c -> update(c, "UPDATE acct SET bal = bal + 1 WHERE id = 2"));

            assertThat(assertFailed(outcome).failures()).hasSize(2);
            assertThat(db.stateOf(mine)).isEqualTo(before);
            mine.commit();
            assertThat(others).succeedsWithin(Duration.ofSeconds(10));
        }
        assertThat(outerRows()).isEqualTo(1);
        assertThat(balance(1)).isEqualTo(11);
        assertThat(balance(2)).isEqualTo(10);
    }
}
