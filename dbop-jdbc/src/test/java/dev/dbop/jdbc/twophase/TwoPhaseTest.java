package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.InDoubt;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.jdbc.TwoPhaseTransaction;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import dev.dbop.twophase.GroupReport;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A transaction over several databases is all or nothing, whatever is cut, and says which. */
@Tag("one-jdk")
abstract class TwoPhaseTest {
    private final List<TestDatabase> databases;
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .named("transfer")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(20)).build())
            .listeners();

    TwoPhaseTest(TestDatabase... databases) {
        this.databases = List.of(databases);
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute("DROP TABLE IF EXISTS acct", "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)");
            db.execute("INSERT INTO acct VALUES (1, 100), (2, 100)");
        }
        TestDatabase first = databases.get(0);
        first.execute(
                "DROP TABLE IF EXISTS dbop_decision",
                DecisionTable.named("dbop_decision").create(first.database()));
    }

    @AfterEach
    void closeProxies() {
        proxies.forEach(FaultProxy::close);
    }

    /** Every database but SQLite behind a proxy. */
    private TwoPhase twoPhase(DbopRunner with) throws SQLException {
        TwoPhase.Builder builder = TwoPhase.builder().runner(with);
        for (int i = 0; i < databases.size(); i++) {
            TestDatabase db = databases.get(i);
            if (db.database() == Database.SQLITE) {
                builder.branch(name(i), db.dataSource());
            } else {
                FaultProxy proxy = FaultProxy.to(db);
                proxies.add(proxy);
                builder.branch(name(i), db.dataSource(proxy));
            }
        }
        return builder.build();
    }

    /** What recovery sees: no proxy between. */
    private TwoPhase direct() throws SQLException {
        TwoPhase.Builder builder = TwoPhase.builder().runner(runner);
        for (int i = 0; i < databases.size(); i++) {
            builder.branch(name(i), databases.get(i).dataSource());
        }
        return builder.build();
    }

    private static String name(int index) {
        return "db" + index;
    }

    private FaultProxy last() {
        return proxies.get(proxies.size() - 1);
    }

    private String lastName() {
        return name(databases.size() - 1);
    }

    private TestDatabase lastDatabase() {
        return databases.get(databases.size() - 1);
    }

    /** Adds 1 in every database. */
    private int work(TwoPhaseTransaction tx) throws SQLException {
        for (int i = 0; i < databases.size(); i++) {
            update(tx.connection(name(i)), "UPDATE acct SET v = v + 1 WHERE id = 1");
        }
        return 42;
    }

    private static void update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private List<Long> values() throws SQLException {
        List<Long> values = new ArrayList<>();
        for (TestDatabase db : databases) {
            values.add(db.number("SELECT v FROM acct WHERE id = 1"));
        }
        return values;
    }

    private void assertAll(long value) throws SQLException {
        assertThat(values()).hasSize(databases.size()).containsOnly(value);
    }

    private static Predicate<byte[]> prepare() {
        return FaultProxy.containing("prepare");
    }

    private Predicate<byte[]> commitPrepared() {
        return FaultProxy.containing(
                lastDatabase().database() == Database.POSTGRESQL ? "commit prepared" : "xa commit");
    }

    /** MariaDB lets nobody finish a branch before the session that prepared it has gone. */
    private void awaitEndOfSessions() {
        for (TestDatabase db : databases) {
            if (db.database() != Database.SQLITE) {
                await().atMost(Duration.ofSeconds(20)).until(() -> db.sessions().isEmpty());
            }
        }
    }

    private RecoveryReport recoverAll() throws SQLException {
        awaitEndOfSessions();
        RecoveryReport report = direct().recovery().recover();
        assertThat(report.unavailable()).isEmpty();
        assertThat(report.isComplete()).as("%s", report).isTrue();
        return report;
    }

    @Test
    void commitsEverywhere() throws SQLException {
        TwoPhaseResult<Integer> result = twoPhase(runner).call(this::work);

        assertThat(result).isEqualTo(new TwoPhaseResult<>(42, List.of()));
        assertAll(101);
        assertThat(recoverAll().groups()).isEmpty();
    }

    @Test
    void commitsWhereItHasWorked() throws SQLException {
        twoPhase(runner).call(tx -> {
            update(tx.connection(name(0)), "UPDATE acct SET v = 7 WHERE id = 2");
            return 1;
        });
        twoPhase(runner).call(tx -> {
            update(tx.connection(lastName()), "UPDATE acct SET v = 8 WHERE id = 2");
            return 1;
        });
        assertThat(databases.get(0).number("SELECT v FROM acct WHERE id = 2")).isEqualTo(7);
        assertThat(lastDatabase().number("SELECT v FROM acct WHERE id = 2")).isEqualTo(8);
    }

    @Test
    void rollsBackEverywhereWhenTheOperationFails() throws SQLException {
        TwoPhase twoPhase = twoPhase(runner);
        assertThatThrownBy(() -> twoPhase.call(tx -> {
                    work(tx);
                    throw new IllegalArgumentException("not today");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertAll(100);
        assertThat(recoverAll().groups()).isEmpty();
    }

    @Test
    void aFailureThatTheOperationSwallowsIsNoSuccess() throws SQLException {
        TwoPhase twoPhase = twoPhase(runner);
        try (TestSession blocker = TestSession.open(lastDatabase())) {
            blocker.run("BEGIN", "UPDATE acct SET v = v + 0 WHERE id = 1");
            if (lastDatabase().database() != Database.POSTGRESQL) {
                // A lock wait costs InnoDB's transaction nothing but the statement.
                blocker.run("ROLLBACK");
                return;
            }
            DbopRunner impatient = runner.lockTimeout(Duration.ofMillis(100))
                    .policy(RetryPolicy.builder().maxRetries(0).build());
            assertThatThrownBy(() -> impatient.call(twoPhase.scope(), tx -> {
                        try {
                            work(tx);
                        } catch (SQLException swallowed) {
                            return 1;
                        }
                        return 2;
                    }))
                    .isInstanceOf(SQLException.class);
            blocker.run("ROLLBACK");
        }
        assertAll(100);
    }

    @Test
    void aLockWaitInOneBranchRunsAllOfThemAgain() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        try (TestSession blocker = TestSession.open(lastDatabase())) {
            blocker.run("BEGIN", "UPDATE acct SET v = v + 0 WHERE id = 1");
            TwoPhaseResult<Integer> result = twoPhase(runner.lockTimeout(Duration.ofSeconds(1)))
                    .call(tx -> {
                        if (attempts.incrementAndGet() == 2) {
                            blocker.run("ROLLBACK");
                        }
                        return work(tx);
                    });
            assertThat(result.pending()).isEmpty();
        }
        assertThat(attempts).hasValue(2);
        assertAll(101);
    }

    @Test
    void savepointsInABranchHealThere() throws SQLException {
        twoPhase(runner).call(tx -> {
            Connection connection = tx.connection(lastName());
            work(tx);
            assertThatThrownBy(() -> runner.run(JdbcScope.savepoint(connection), c -> {
                        update(c, "UPDATE acct SET v = 0");
                        throw new IllegalArgumentException("undone");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            return 1;
        });
        assertAll(101);
    }

    @Test
    void aPrepareThatNeverArrivesIsRunAgain() throws SQLException {
        assertRunsAgain(() -> last().cutBeforeForwarding(prepare()));
    }

    @Test
    void aPrepareWithoutAnAnswerIsRolledBackAndRunAgain() throws SQLException {
        assertRunsAgain(() -> last().cutAfterForwarding(prepare()));
    }

    private void assertRunsAgain(Fault fault) throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        List<PlannedFault> planned = new ArrayList<>();
        TwoPhaseResult<Integer> result = twoPhase(runner).call(tx -> {
            work(tx);
            if (attempts.incrementAndGet() == 1) {
                planned.add(fault.plan());
            }
            return attempts.get();
        });
        assertThat(planned.get(0).hasHappened()).isTrue();
        assertThat(result).isEqualTo(new TwoPhaseResult<>(2, List.of()));
        recoverAll();
        assertAll(101);
    }

    /** Plans a fault. */
    @FunctionalInterface
    private interface Fault {
        PlannedFault plan();
    }

    @Test
    void aCommitPointWithoutAnAnswerIsFoundCommitted() throws SQLException {
        assertDecided(true);
    }

    @Test
    void aCommitPointThatNeverArrivesIsRunAgain() throws SQLException {
        assertDecided(false);
    }

    private void assertDecided(boolean executed) throws SQLException {
        if (databases.get(0).database() == Database.SQLITE) {
            return;
        }
        AtomicInteger attempts = new AtomicInteger();
        TwoPhaseResult<Integer> result = twoPhase(runner).call(tx -> {
            work(tx);
            if (attempts.incrementAndGet() == 1) {
                Predicate<byte[]> commit = FaultProxy.commit();
                PlannedFault planned = executed
                        ? proxies.get(0).cutAfterForwarding(commit)
                        : proxies.get(0).cutBeforeForwarding(commit);
                assertThat(planned.hasHappened()).isFalse();
            }
            return attempts.get();
        });
        assertThat(result).isEqualTo(new TwoPhaseResult<>(executed ? 1 : 2, List.of()));
        recoverAll();
        assertAll(101);
    }

    @Test
    void whatCannotBeFinishedIsCommittedPendingAndFinishedByRecovery() throws SQLException {
        TwoPhaseResult<Integer> result = twoPhase(runner).call(tx -> {
            work(tx);
            last().cutBeforeForwarding(commitPrepared());
            last().refuseNewConnections();
            return 1;
        });
        assertThat(result.pending()).containsExactly(lastName());
        assertThat(direct().recovery().status()).singleElement().satisfies(doubt -> {
            assertThat(doubt.branches()).containsExactly(lastName());
            assertThat(doubt.group()).startsWith("dbop:");
        });

        assertThat(recoverAll().groups()).singleElement().isInstanceOf(GroupReport.Committed.class);
        assertAll(101);
        assertThat(direct().recovery().status()).isEqualTo(List.<InDoubt>of());
    }

    @Test
    void anUnreachableDecisionLeavesTheOutcomeUnknownAndRecoveryDecides() throws SQLException {
        if (databases.get(0).database() == Database.SQLITE) {
            return;
        }
        DbopRunner limited = runner.policy(
                RetryPolicy.builder().maxDuration(Duration.ofSeconds(6)).build());
        TwoPhase twoPhase = twoPhase(limited);
        assertThatThrownBy(() -> twoPhase.call(tx -> {
                    work(tx);
                    proxies.get(0).cutAfterForwarding(FaultProxy.commit());
                    proxies.get(0).refuseNewConnections();
                    return 1;
                }))
                .isInstanceOf(OutcomeUnknownException.class);

        assertThat(recoverAll().groups()).singleElement().isInstanceOf(GroupReport.Committed.class);
        assertAll(101);
    }

    @Test
    void recoveryLeavesACoordinatorThatIsAliveAlone() throws SQLException {
        if (databases.get(0).database() == Database.SQLITE) {
            return;
        }
        TwoPhase twoPhase = twoPhase(runner);
        List<RecoveryReport> reports = new ArrayList<>();
        PlannedFault[] held = new PlannedFault[1];
        Thread other = new Thread(() -> {
            held[0].await();
            try {
                reports.add(direct().recovery().recover());
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            } finally {
                held[0].release();
            }
        });
        twoPhase.call(tx -> {
            work(tx);
            held[0] = proxies.get(0).holdBack(FaultProxy.commit());
            other.start();
            return 1;
        });
        assertThat(reports)
                .singleElement()
                .satisfies(report -> assertThat(report.groups())
                        .singleElement()
                        .isInstanceOfSatisfying(
                                GroupReport.Deferred.class,
                                deferred -> assertThat(deferred.why()).isEqualTo(GroupReport.Why.COORDINATOR_ALIVE)));
        assertAll(101);
    }

    /** MariaDB says of such a branch that there is none: what is not finished must not be taken for finished. */
    @Test
    void recoveryLeavesABranchThatASessionHoldsToALaterRun() throws SQLException {
        if (lastDatabase().database() != Database.MARIADB) {
            return;
        }
        List<RecoveryReport> reports = new ArrayList<>();
        TwoPhase recovering = direct();
        TwoPhase twoPhase = twoPhase(runner);
        PlannedFault held = last().holdBack(commitPrepared());
        Thread other = new Thread(() -> {
            try {
                held.await();
                reports.add(recovering.recovery().recover());
            } finally {
                held.release();
            }
        });
        other.start();
        assertThat(twoPhase.call(this::work).pending()).isEmpty();

        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.isComplete()).isFalse();
            assertThat(report.groups())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            GroupReport.Deferred.class,
                            deferred -> assertThat(deferred.why()).isEqualTo(GroupReport.Why.BRANCH_UNFINISHED));
        });
        assertThat(recoverAll().groups()).isEmpty();
        assertAll(101);
    }

    @Test
    void refusesWhatABranchMustNotDo() throws SQLException {
        TwoPhase twoPhase = twoPhase(runner);
        assertThatThrownBy(() -> twoPhase.call(tx -> tx.connection("nowhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining(lastName());
        assertThatThrownBy(() -> twoPhase.call(tx -> twoPhase.call(this::work)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("running in this thread");
        for (int i = 0; i < databases.size(); i++) {
            String name = name(i);
            assertThatThrownBy(() -> twoPhase.call(tx -> {
                        work(tx);
                        update(tx.connection(name), "COMMIT");
                        return 1;
                    }))
                    .isInstanceOf(SQLException.class);
            if (databases.get(i).database() == Database.MYSQL
                    || databases.get(i).database() == Database.MARIADB) {
                assertThatThrownBy(() -> twoPhase.call(tx -> {
                            work(tx);
                            update(tx.connection(name), "CREATE TABLE never (id INT)");
                            return 1;
                        }))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("commits implicitly");
            }
        }
        TwoPhaseTransaction[] leaked = new TwoPhaseTransaction[1];
        twoPhase.call(tx -> {
            leaked[0] = tx;
            return 1;
        });
        assertThatThrownBy(() -> leaked[0].connection(lastName())).isInstanceOf(IllegalStateException.class);
        assertAll(100);
        assertThat(recoverAll().groups()).isEmpty();
    }

    @Test
    void refusesTheSameServerTwiceAndAMissingTable() throws SQLException {
        TestDatabase first = databases.get(0);
        TestDatabase second = lastDatabase();
        assertThatThrownBy(() -> TwoPhase.builder()
                        .branch("a", first.dataSource())
                        .branch("b", second.dataSource())
                        .branch("c", second.dataSource())
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"b\" and \"c\" lead to the same server");
        assertThatThrownBy(() -> TwoPhase.builder()
                        .branch("a", first.dataSource())
                        .branch("b", second.dataSource())
                        .decisionTable(DecisionTable.named("nowhere"))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("CREATE TABLE");
    }
}
