package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.RecoveryTask;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.jdbc.TwoPhaseTransaction;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.GroupReport;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two-phase commit without a decision table: explicit, and slower to recover. */
@Tag("one-jdk")
class LogLessTest {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final TestDatabase first;
    private final TestDatabase second;
    private final DbopRunner runner = DbopRunner.create()
            .named("log-less")
            .statementTimeout(DRAIN)
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(20)).build())
            .listeners();

    LogLessTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(Database.MARIADB) TestDatabase second) {
        this.first = first;
        this.second = second;
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : List.of(first, second)) {
            db.execute("DROP TABLE IF EXISTS acct", "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)");
            db.execute("INSERT INTO acct VALUES (1, 100)");
        }
    }

    private TwoPhase.Builder builder() {
        return TwoPhase.builder().runner(runner).logLess(DEADLINE, DRAIN);
    }

    private TwoPhase direct() throws SQLException {
        return builder()
                .branch("first", first.dataSource())
                .branch("second", second.dataSource())
                .build();
    }

    private static int work(TwoPhaseTransaction tx) throws SQLException {
        for (String name : List.of("first", "second")) {
            try (Statement statement = tx.connection(name).createStatement()) {
                statement.executeUpdate("UPDATE acct SET v = v + 1");
            }
        }
        return 42;
    }

    private void assertBoth(long value) throws SQLException {
        assertThat(List.of(first.number("SELECT v FROM acct"), second.number("SELECT v FROM acct")))
                .containsOnly(value);
    }

    /** Groups become quiet only after deadline and drain. */
    private List<GroupReport> recoverInTime() throws SQLException {
        List<RecoveryReport> reports = new CopyOnWriteArrayList<>();
        try (RecoveryTask task = RecoveryTask.start(direct().recovery(), Duration.ofMillis(200), reports::add)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> reports.stream().anyMatch(RecoveryReport::isComplete));
            assertThat(task).isNotNull();
        }
        return reports.stream()
                .flatMap(report -> report.groups().stream())
                .filter(report -> !(report instanceof GroupReport.Deferred))
                .toList();
    }

    @Test
    void commitsBoth() throws SQLException {
        assertThat(direct().call(LogLessTest::work)).isEqualTo(new TwoPhaseResult<>(42, List.of()));
        assertBoth(101);
    }

    @Test
    void needsAStatementTimeoutNoLongerThanTheDrain() throws SQLException {
        for (DbopRunner wrong :
                List.of(DbopRunner.create().listeners(), runner.statementTimeout(Duration.ofSeconds(3)))) {
            TwoPhase twoPhase = direct();
            assertThatThrownBy(() -> wrong.call(twoPhase.scope(), LogLessTest::work))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("statement timeout is");
        }
        assertThatThrownBy(() -> builder().logLess(Duration.ZERO, DRAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deadline is PT0S");
        assertBoth(100);
    }

    /** Does the work while something befalls the second database. */
    private TwoPhaseResult<Integer> callWhile(Consumer<FaultProxy> trouble) throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(second)) {
            TwoPhase twoPhase = builder()
                    .branch("first", first.dataSource())
                    .branch("second", second.dataSource(proxy))
                    .build();
            return twoPhase.call(tx -> {
                int result = work(tx);
                trouble.accept(proxy);
                return result;
            });
        }
    }

    @Test
    void whatIsLeftAfterTheLastPrepareIsCommittedByRecovery() throws SQLException {
        assertThat(callWhile(proxy -> proxy.cutBeforeForwarding(FaultProxy.containing("xa commit"))))
                .isEqualTo(new TwoPhaseResult<>(42, List.of("second")));
        assertThat(recoverInTime()).singleElement().isInstanceOf(GroupReport.Committed.class);
        assertBoth(101);
    }

    @Test
    void aLastPrepareWithoutAnAnswerIsUnknownUntilRecoveryHasLooked() throws SQLException {
        assertThatThrownBy(() -> callWhile(proxy -> proxy.cutAfterForwarding(FaultProxy.containing("xa prepare"))))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(recoverInTime()).singleElement().isInstanceOf(GroupReport.Committed.class);
        assertBoth(101);
    }

    @Test
    void whatIsLeftBeforeTheLastPrepareIsRolledBackByRecovery() throws SQLException {
        assertThatThrownBy(() -> callWhile(proxy -> proxy.cutBeforeForwarding(FaultProxy.containing("xa prepare"))))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(recoverInTime()).singleElement().isInstanceOf(GroupReport.RolledBack.class);
        assertBoth(100);
    }

    private long serverClock() throws SQLException {
        return first.number("SELECT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)");
    }

    @Test
    void aPrepareThatPostgreSqlGetsTooLateIsRefused() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(first)) {
            TwoPhase twoPhase = builder()
                    .logLess(Duration.ofSeconds(3), DRAIN)
                    .branch("second", second.dataSource())
                    .branch("first", first.dataSource(proxy))
                    .build();
            PlannedFault[] held = new PlannedFault[1];
            assertThatThrownBy(() -> runner.policy(
                                    RetryPolicy.builder().maxRetries(0).build())
                            .call(twoPhase.scope(), tx -> {
                                work(tx);
                                held[0] = proxy.holdBack(FaultProxy.containing("prepare transaction '"));
                                long quiet = serverClock() + 6;
                                Thread release = new Thread(() -> {
                                    try {
                                        held[0].await();
                                        await().atMost(Duration.ofSeconds(60)).until(() -> serverClock() > quiet);
                                    } finally {
                                        held[0].release();
                                    }
                                });
                                release.start();
                                return 1;
                            }))
                    .isInstanceOf(SQLException.class);
        }
        recoverInTime();
        assertBoth(100);
    }
}
