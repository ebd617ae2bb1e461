package dev.dbop.jooq.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlFaultsTest extends FaultsTest {
    private final AtomicInteger runs = new AtomicInteger();

    PostgreSqlFaultsTest(TestDatabase db) {
        super(db);
    }

    @BeforeEach
    void detectDeadlocksQuickly() throws SQLException {
        db.execute(
                "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET deadlock_timeout = 50'; END $$");
    }

    /** Somebody else changes row 1 after the snapshot of the first attempt was taken. */
    private void changeBehind(DSLContext on) throws SQLException {
        on.fetch("SELECT v FROM acc");
        if (runs.incrementAndGet() == 1) {
            db.execute("UPDATE acc SET v = v + 100 WHERE id = 1");
        }
    }

    @Test
    void aStaleSnapshotSends40001ToTheTransaction() throws SQLException {
        assertKept(inSavepoint(whole.isolation(Isolation.REPEATABLE_READ), step, s -> {
            changeBehind(s);
            s.execute(ADD);
        }));
        assertHistory("step OPERATION 40001 RETRY_TRANSACTION", "whole OPERATION 40001 RETRY_TRANSACTION");
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void aWriteSkewAtCommitIsRunAgain() throws SQLException {
        assertSucceeded(inTransaction(whole.isolation(Isolation.SERIALIZABLE), tx -> {
            tx.fetch("SELECT sum(v) FROM acc");
            tx.execute(ADD);
            if (runs.incrementAndGet() == 1) {
                try (TestSession other = TestSession.open(db)) {
                    other.run("BEGIN ISOLATION LEVEL SERIALIZABLE", "SELECT sum(v) FROM acc");
                    other.run("UPDATE acc SET v = v + 100 WHERE id = 2", "COMMIT");
                }
            }
        }));
        assertHistory("whole COMMIT 40001 RETRY_TRANSACTION");
    }

    private void cross(DSLContext on, TestSession other) throws SQLException {
        on.execute(ADD);
        if (runs.incrementAndGet() == 1) {
            other.run("BEGIN", "SET LOCAL deadlock_timeout = '20s'", "UPDATE acc SET v = v + 100 WHERE id = 2");
            meanwhile(other, own -> {
                own.createStatement().execute(ADD);
                own.createStatement().execute("COMMIT");
                return true;
            });
            other.awaitBlocked();
        }
        on.execute("UPDATE acc SET v = v + 1 WHERE id = 2");
    }

    @Test
    void aDeadlockIsHealedInTheSavepoint() throws SQLException {
        // Otherwise the victim may be faster than the survivor it has made way for, and meet it in the same deadlock
        // again.
        afterFirstFailure(this::awaitOthers);
        try (TestSession other = TestSession.open(db)) {
            assertKept(inSavepoint(step, s -> cross(s, other)));
        }
        assertHistory("step OPERATION 40P01 RETRY_SAVEPOINT");
        assertThat(value(1)).isEqualTo(2);
        assertThat(value(2)).isEqualTo(101);
    }

    @Test
    void aLockTimeoutIsHealedInTheSavepoint() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(step.lockTimeout(Duration.ofMillis(60)), s -> s.execute(ADD)));
        }
        assertHistory("step OPERATION 55P03 RETRY_SAVEPOINT");
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void aRowThatIsNotToBeWaitedForIsHealedLikeATimeout() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(step, s -> s.fetch("SELECT v FROM acc WHERE id = 1 FOR UPDATE NOWAIT")));
        }
        assertHistory("step OPERATION 55P03 RETRY_SAVEPOINT");
    }

    @Test
    void aStatementTimeoutIsHealed() throws SQLException {
        assertKept(inSavepoint(limitedAtFirst(), s -> {
            if (runs.incrementAndGet() == 1) {
                s.fetch("SELECT pg_sleep(60)");
            }
            s.execute(ADD);
        }));
        assertHistory("step OPERATION 57014 RETRY_SAVEPOINT");
        assertThat(value(1)).isEqualTo(1);
    }

    @Test
    void anAttemptWhoseTimeIsUpIsStoppedAndRunAgain() throws SQLException {
        DbopRunner impatient = step.policy(RetryPolicy.builder()
                .maxRetries(2)
                .initialDelay(Duration.ZERO)
                .attemptTimeout(Duration.ofSeconds(4)) // more than the second attempt needs
                .build());
        assertSucceeded(inTransaction(impatient, tx -> {
            if (runs.incrementAndGet() == 1) {
                tx.fetch("SELECT pg_sleep(60)");
            }
            tx.execute(ADD);
        }));
        assertThat(runs).hasValue(2);
        assertThat(value(1)).isEqualTo(1);
    }

    @Test
    void aHumansCancelIsFinal() throws SQLException {
        try (TestSession holder = holder()) {
            assertGivenUpInBoth(
                    s -> {
                        long self = session(s);
                        meanwhile(holder, own -> {
                            db.awaitBlocked(self);
                            db.cancel(self);
                            return true;
                        });
                        s.execute(ADD);
                    },
                    "57014");
        }
    }

    @Test
    void aDuplicateIsFinal() throws SQLException {
        assertGivenUpInBoth(s -> s.execute("INSERT INTO acc VALUES (1, 0)"), "23505");
    }

    @Test
    void aMissingParentIsFinal() throws SQLException {
        assertGivenUpInBoth(s -> s.execute("INSERT INTO child VALUES (1, 99)"), "23503");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1 / 0", "SELECT 'x'::int", "SELECT 99999 * 99999"})
    void whatCannotBeComputedIsFinal(String sql) throws SQLException {
        Outcome<Boolean> outcome = inSavepoint(step, s -> s.fetch(sql));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(code(failure.failure())).startsWith("22"));
    }

    @Test
    void aFailedTransactionNeverMasksWhatFailedIt() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(step.lockTimeout(Duration.ofMillis(60)), s -> {
                try {
                    s.execute(ADD);
                } catch (DataAccessException swallowed) {
                    s.execute("UPDATE acc SET v = v + 1 WHERE id = 2");
                }
            }));
        }
        assertHistory("step OPERATION 25P02 RETRY_SAVEPOINT");
        assertThat(value(1)).isEqualTo(101);
        assertThat(value(2)).isZero();
    }

    @Test
    void aReadOnlyCallThatWritesIsFinal() throws SQLException {
        assertGivenUp(inTransaction(whole.readOnly(), tx -> tx.execute(ADD)), "25006");
        assertHistory("whole OPERATION 25006 GIVE_UP");
    }

    @Test
    void aKilledSessionIsReplaced() throws SQLException {
        assertKept(inSavepoint(step, s -> {
            if (runs.incrementAndGet() == 1) {
                s.execute("SELECT pg_terminate_backend(pg_backend_pid())");
            }
            s.execute(ADD);
        }));
        assertHistory("step OPERATION 57P01 RETRY_CONNECTION", "whole OPERATION 57P01 RETRY_CONNECTION");
        assertThat(value(1)).isEqualTo(1);
    }

    @Test
    void aCommitWithoutAnAnswerIsNotRepeated() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            Outcome<Boolean> outcome = inTransaction(whole, through(proxy), tx -> {
                tx.execute(ADD);
                proxy.cutAfterForwarding(COMMIT);
            });
            assertFailed(outcome, OutcomeUnknownException.class, "OutcomeUnknownException");
        }
        assertHistory("whole COMMIT 08006 OUTCOME_UNKNOWN");
        assertThat(value(1)).isEqualTo(1);
    }

    @Test
    void aConnectionCutBeforeTheCommitIsReplaced() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            assertSucceeded(inTransaction(whole, through(proxy), tx -> {
                if (runs.incrementAndGet() == 1) {
                    proxy.cutAll();
                }
                tx.execute(ADD);
            }));
        }
        assertHistory("whole OPERATION 08006 RETRY_CONNECTION");
        assertThat(value(1)).isEqualTo(1);
    }

    @Test
    void aRefusedConnectionIsTriedAgain() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            proxy.refuseNewConnections();
            afterFirstFailure(proxy::heal);
            assertSucceeded(inTransaction(whole, through(proxy), tx -> tx.execute(ADD)));
        }
        assertHistory("whole OPEN 08001 RETRY_CONNECTION");
    }

    @Test
    void aDeferredConstraintFailsTheCommitForGood() throws SQLException {
        db.execute("ALTER TABLE child ALTER CONSTRAINT child_acc_fkey DEFERRABLE INITIALLY DEFERRED");
        assertGivenUp(inTransaction(whole, tx -> tx.execute("INSERT INTO child VALUES (1, 99)")), "23503");
        assertHistory("whole COMMIT 23503 GIVE_UP");
    }

    /** jOOQ alone returns normally here, nothing being committed. */
    @Test
    void aFailureSwallowedInANestedTransactionNeverEndsAsSuccess() throws SQLException {
        Outcome<Boolean> outcome = inTransaction(
                whole,
                tx -> tx.transactionResult(nested -> {
                    nested.dsl().execute(ADD);
                    try {
                        nested.dsl().execute("INSERT INTO acc VALUES (1, 0)");
                    } catch (DataAccessException swallowed) {
                        return 1;
                    }
                    return 2;
                }));
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        assertThat(value(1)).isZero();
    }

    @Test
    void aCheckedExceptionThatJooqWrapsIsClassifiedByItsCause() throws SQLException {
        assertKept(inSavepoint(
                step,
                s -> s.transaction(nested -> {
                    if (runs.incrementAndGet() == 1) {
                        throw new SQLException("as if in a deadlock", "40P01");
                    }
                    nested.dsl().execute(ADD);
                })));
        assertHistory("step OPERATION 40P01 RETRY_SAVEPOINT");
    }
}
