package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** 08001 and 08006: connections that are not made, or break at some point. */
class PostgreSqlNetworkFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";

    private final FaultProxy proxy;

    PostgreSqlNetworkFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        proxy = FaultProxy.to(db);
        pool = new PoolOfOne(db, db.dataSource(proxy));
    }

    @Override
    @AfterEach
    void close() throws SQLException {
        super.close();
        proxy.close();
    }

    /** What becomes of a message, and whether the server gets it. */
    enum Cut {
        BEFORE_FORWARDING,
        AFTER_FORWARDING;

        PlannedFault plan(FaultProxy proxy, Predicate<byte[]> message) {
            return switch (this) {
                case BEFORE_FORWARDING -> proxy.cutBeforeForwarding(message);
                case AFTER_FORWARDING -> proxy.cutAfterForwarding(message);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCutInTheMiddleOfATransactionRunsItAgain(Cut cut) throws SQLException {
        PlannedFault fault = cut.plan(proxy, FaultProxy.containing("into uq"));

        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            update(c, "INSERT INTO uq VALUES (1, 'a')");
        });

        assertSucceeded(outcome);
        fault.await();
        assertThat(history.lines()).containsExactly("step #1 OPERATION 08006 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
        assertThat(pool.opened()).isEqualTo(2);
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aCutInASavepointRunsTheOuterTransactionAgain(Cut cut) throws SQLException {
        Level level = Level.SAVEPOINT_AT_READ_COMMITTED;
        cut.plan(proxy, FaultProxy.containing("update acct"));

        assertSucceeded(run(level, c -> update(c, ADD_ONE)));

        assertThat(history.lines()).isEqualTo(level.goesUp("08006", "RETRY_CONNECTION"));
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aCutWhileTheSavepointIsReleasedLosesTheTransactionButNotTheAnswerToCommit(Cut cut) throws SQLException {
        Level level = Level.SAVEPOINT_AT_READ_COMMITTED;
        cut.plan(proxy, FaultProxy.containing("release savepoint"));

        assertSucceeded(run(level, c -> update(c, ADD_ONE)));

        assertThat(history.lines())
                .containsExactly("step #1 COMMIT 08006 RETRY_CONNECTION", "outer #1 OPERATION 08006 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aCutAutocommitWriteMayHaveHappened(Cut cut) throws SQLException {
        cut.plan(proxy, FaultProxy.containing("update acct"));

        Outcome<Boolean> outcome = run(Level.AUTOCOMMIT, c -> update(c, ADD_ONE));

        assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 08006 OUTCOME_UNKNOWN");
        awaitNoSession();
        assertThat(balance(1)).isEqualTo(cut == Cut.BEFORE_FORWARDING ? 0 : 1);
        pool.assertAsFound();
    }

    @Test
    void aCutAutocommitReadIsRepeated() throws SQLException {
        proxy.cutBeforeForwarding(FaultProxy.containing("from acct"));

        assertSucceeded(run(Level.AUTOCOMMIT, step.readOnly(), c -> query(c, "SELECT bal FROM acct")));

        assertThat(history.lines()).containsExactly("step #1 OPERATION 08006 OUTCOME_UNKNOWN");
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aCutInCommitLeavesTheOutcomeUnknown(Cut cut) throws SQLException {
        PlannedFault fault = cut.plan(proxy, FaultProxy.commit());

        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> update(c, ADD_ONE));

        assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
        fault.await();
        assertThat(history.lines()).containsExactly("step #1 COMMIT 08006 OUTCOME_UNKNOWN");
        awaitNoSession();
        assertThat(balance(1)).isEqualTo(cut == Cut.BEFORE_FORWARDING ? 0 : 1);
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aCutInCommitIsRepeatedWhereThatDoesNoHarm(Cut cut) throws SQLException {
        cut.plan(proxy, FaultProxy.commit());

        assertSucceeded(
                run(Level.TRANSACTION, step.idempotent(), c -> update(c, "UPDATE acct SET bal = 7 WHERE id = 1")));

        assertThat(history.lines()).containsExactly("step #1 COMMIT 08006 OUTCOME_UNKNOWN");
        assertThat(balance(1)).isEqualTo(7);
        assertThat(pool.opened()).isEqualTo(2);
        pool.assertAsFound();
    }

    /** The server works on for a client that is gone, and holds its locks. */
    @Test
    void theSessionOfACutConnectionIsEndedBeforeTheNextAttemptWouldWaitForIt() throws SQLException {
        try (TestSession gate = TestSession.open(db)) {
            gate.run("SELECT pg_advisory_lock(7)");
            proxy.orphan(FaultProxy.containing("pg_advisory_xact_lock"));
            boolean[] first = {true};

            Outcome<Boolean> outcome = run(Level.TRANSACTION, step.lockTimeout(Duration.ofSeconds(5)), c -> {
                update(c, ADD_ONE);
                if (first[0]) {
                    first[0] = false;
                    query(c, "SELECT pg_advisory_xact_lock(7)");
                }
            });

            assertSucceeded(outcome);
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 08006 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
    }

    @Test
    void anAnswerToCommitThatNeverComesLeavesTheOutcomeUnknown() throws SQLException {
        PlannedFault commit = proxy.holdAnswer(FaultProxy.commit());

        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            c.setNetworkTimeout(Runnable::run, 200);
        });

        assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
        commit.await();
        assertThat(history.lines()).containsExactly("step #1 COMMIT 08006 OUTCOME_UNKNOWN");
        assertThat(balance(1)).isEqualTo(1);
        pool.assertAsFound();
    }

    @Test
    void aConnectThatIsNotAnsweredIsTriedAgain() throws SQLException {
        PGSimpleDataSource impatient = new PGSimpleDataSource();
        impatient.setUrl(db.url(proxy.port()));
        impatient.setSocketTimeout(1);
        proxy.blackHole();
        history.after("step", 1, () -> {
            impatient.setSocketTimeout(0);
            proxy.heal();
        });

        assertSucceeded(run(step, JdbcScope.transaction(impatient), c -> update(c, ADD_ONE)));

        assertThat(history.lines()).containsExactly("step #1 OPEN 08001 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSACTION", "AUTOCOMMIT"})
    void aRefusedConnectIsTriedAgain(Level level) throws SQLException {
        proxy.refuseNewConnections();
        history.after("step", 2, proxy::heal);

        assertSucceeded(run(level, c -> update(c, ADD_ONE)));

        assertThat(history.lines())
                .containsExactly("step #1 OPEN 08001 RETRY_CONNECTION", "step #2 OPEN 08001 RETRY_CONNECTION");
        assertThat(balance(1)).isEqualTo(1);
        pool.assertAsFound();
    }

    @Test
    void anUnknownHostExhaustsTheRetriesAndNothingIsInDoubt() throws SQLException {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://no-such-host.invalid/x");

        Outcome<Boolean> outcome = run(step, JdbcScope.transaction(nowhere), c -> update(c, ADD_ONE));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.RETRIES_EXHAUSTED);
        assertThat(assertFailed(outcome).failure()).hasRootCauseInstanceOf(UnknownHostException.class);
        assertThat(history.lines()).hasSize(4).allMatch(line -> line.endsWith("OPEN 08001 RETRY_CONNECTION"));
    }
}
