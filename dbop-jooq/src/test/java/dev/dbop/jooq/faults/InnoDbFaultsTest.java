package dev.dbop.jooq.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jooq.Jooq;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.DSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MySQL and MariaDB; a subclass names the server and the driver. */
abstract class InnoDbFaultsTest extends FaultsTest {
    final AtomicInteger runs = new AtomicInteger();
    private final boolean mariaDb;
    private final String lost;

    InnoDbFaultsTest(TestDatabase db, String lost) {
        super(db);
        this.mariaDb = db.database() == Database.MARIADB;
        this.lost = lost;
    }

    @BeforeEach
    void createWeight() throws SQLException {
        db.execute("DROP TABLE IF EXISTS weight", "CREATE TABLE weight (id INT PRIMARY KEY)");
    }

    /** Adds to rows 1 and 2; the first time as the victim of a deadlock with a session that has done more. */
    private void cross(DSLContext on, TestSession other) throws SQLException {
        if (runs.incrementAndGet() == 1) {
            StringBuilder rows = new StringBuilder("INSERT INTO weight VALUES (0)");
            for (int i = 1; i < 60; i++) {
                rows.append(",(").append(i).append(')');
            }
            other.run("START TRANSACTION", rows.toString(), "UPDATE acc SET v = v + 100 WHERE id = 2");
            long victim = session(on);
            meanwhile(other, own -> {
                db.awaitBlocked(victim);
                Jooq.using(db, own).execute("UPDATE acc SET v = v + 100 WHERE id = 1");
                Jooq.using(db, own).execute("COMMIT");
                return true;
            });
        }
        on.execute(ADD);
        on.execute("UPDATE acc SET v = v + 1 WHERE id = 2");
    }

    @Test
    void aDeadlockSendsTheStepToTheTransaction() throws SQLException {
        try (TestSession other = TestSession.open(db)) {
            assertKept(inSavepoint(step, s -> cross(s, other)));
            // The retry has waited for its COMMIT, but not for the answer.
            other.run();
        }
        assertHistory("step OPERATION 1213 RETRY_TRANSACTION", "whole OPERATION 1213 RETRY_TRANSACTION");
        assertThat(value(1)).isEqualTo(101);
        assertThat(value(2)).isEqualTo(101);
    }

    /** Connector/J says 40001 of it, as of a deadlock, although the transaction lives on. */
    @Test
    void aLockTimeoutIsHealedInTheSavepoint() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(step.lockTimeout(Duration.ofSeconds(1)), s -> s.execute(ADD)));
        }
        assertHistory("step OPERATION 1205 RETRY_SAVEPOINT");
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void aRowThatIsNotToBeWaitedForIsHealedLikeATimeout() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(step, s -> s.fetch("SELECT v FROM acc WHERE id = 1 FOR UPDATE NOWAIT")));
        }
        assertHistory("step OPERATION " + (mariaDb ? 1205 : 3572) + " RETRY_SAVEPOINT");
    }

    /** On MySQL by a hint: of a limit of ours, the server's timer and dbop's own may strike first. */
    @Test
    void aStatementTimeoutOfTheServersIsHealed() throws SQLException {
        String read =
                (mariaDb ? "SELECT" : "SELECT /*+ MAX_EXECUTION_TIME(1000) */") + " v FROM acc WHERE id = 1 FOR UPDATE";
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(mariaDb ? step.statementTimeout(Duration.ofSeconds(1)) : step, s -> s.fetch(read)));
        }
        assertHistory("step OPERATION " + (mariaDb ? 1969 : 3024) + " RETRY_SAVEPOINT");
    }

    /** MySQL limits SELECTs only: there it is dbop that cancels the statement. */
    @Test
    void aStatementTimeoutOfAWriteIsHealed() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertKept(inSavepoint(step.statementTimeout(Duration.ofSeconds(1)), s -> s.execute(ADD)));
        }
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void aKilledQueryIsFinal() throws SQLException {
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
                    "1317");
        }
    }

    @Test
    void aDuplicateIsFinal() throws SQLException {
        assertGivenUpInBoth(s -> s.execute("INSERT INTO acc VALUES (1, 0)"), "1062");
    }

    @Test
    void aMissingParentIsFinal() throws SQLException {
        assertGivenUpInBoth(s -> s.execute("INSERT INTO child VALUES (1, 99)"), "1452");
    }

    @Test
    void aReadOnlyCallThatWritesIsFinal() throws SQLException {
        Outcome<Boolean> outcome = inTransaction(whole.readOnly(), tx -> tx.execute(ADD));
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        assertThat(value(1)).isZero();
    }

    @Test
    void aKilledSessionIsReplaced() throws SQLException {
        assertKept(inSavepoint(step, s -> {
            if (runs.incrementAndGet() == 1) {
                db.kill(session(s));
            }
            s.execute(ADD);
        }));
        assertHistory("step OPERATION " + lost + " RETRY_CONNECTION", "whole OPERATION " + lost + " RETRY_CONNECTION");
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
        assertHistory("whole COMMIT " + lost + " OUTCOME_UNKNOWN");
        assertThat(value(1)).isEqualTo(1);
    }
}
