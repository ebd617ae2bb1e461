package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.GroupReport;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A PREPARE that is long under way arrives after recovery has looked: the order rule ends mixed, the decision row does not. */
class HeldBackPrepareTest {
    private static final String WORK = "UPDATE acct SET v = v + 1 WHERE id = 1";
    private static final Predicate<byte[]> PREPARE = FaultProxy.containing("prepare transaction '");

    private final List<TestDatabase> databases;
    private final List<FaultProxy> proxies;

    HeldBackPrepareTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase second) {
        this.databases = List.of(first, second);
        this.proxies = List.of(FaultProxy.to(first), FaultProxy.to(second));
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute(
                    "DROP TABLE IF EXISTS acct",
                    "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)",
                    "INSERT INTO acct VALUES (1, 100)");
        }
        databases.get(0).execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
    }

    @AfterEach
    void closeProxies() {
        proxies.forEach(FaultProxy::close);
    }

    private List<Long> values() throws SQLException {
        return List.of(
                databases.get(0).number("SELECT v FROM acct"), databases.get(1).number("SELECT v FROM acct"));
    }

    private void assertNothingIsPrepared() throws SQLException {
        for (TestDatabase db : databases) {
            assertThat(db.preparedTransactions()).isEmpty();
        }
    }

    @Test
    void theOrderRuleEndsMixed() throws SQLException {
        OrderRule rule = new OrderRule("order", databases);
        try (Connection first = databases.get(0).dataSource(proxies.get(0)).getConnection();
                Connection second = databases.get(1).dataSource(proxies.get(1)).getConnection()) {
            PlannedFault held = proxies.get(1).holdBack(PREPARE);
            CompletableFuture<Integer> coordinator =
                    CompletableFuture.supplyAsync(() -> checked(() -> rule.prepare(List.of(first, second), WORK)));
            held.await();

            rule.recover(() -> {});
            assertThat(values()).containsExactly(100L, 100L);
            assertNothingIsPrepared();

            held.release();
            coordinator.join();
            rule.recover(() -> {});
        }
        assertNothingIsPrepared();
        assertThat(values()).containsExactly(100L, 101L);
    }

    @Test
    void aSlowCoordinatorIsLeftAlone() throws SQLException {
        PlannedFault held = proxies.get(1).holdBack(PREPARE);
        CompletableFuture<TwoPhaseResult<Integer>> coordinator = start(new AtomicLong());
        held.await();
        assertThat(recover().groups()).isEmpty();
        assertThat(recover().groups()).isEmpty();

        PlannedFault commit = proxies.get(0).holdBack(FaultProxy.commit());
        held.release();
        commit.await();
        assertThat(recover().groups())
                .singleElement()
                .isInstanceOfSatisfying(
                        GroupReport.Deferred.class,
                        deferred -> assertThat(deferred.why()).isEqualTo(GroupReport.Why.COORDINATOR_ALIVE));
        commit.release();

        assertThat(coordinator.join().pending()).isEmpty();
        assertThat(recover().groups()).isEmpty();
        assertNothingIsPrepared();
        assertThat(values()).containsExactly(101L, 101L);
    }

    @Test
    void thePrepareOfACoordinatorWithoutItsDecisionIsRolledBack() throws SQLException {
        AtomicLong session = new AtomicLong();
        PlannedFault held = proxies.get(1).holdBack(PREPARE);
        CompletableFuture<TwoPhaseResult<Integer>> coordinator = start(session);
        held.await();
        databases.get(0).kill(session.get());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> databases.get(0).sessions().stream().noneMatch(s -> s.id() == session.get()));
        assertThat(recover().groups()).isEmpty();

        // The coordinator finds out as well, and is too late.
        PlannedFault rollback = proxies.get(1).holdBack(FaultProxy.containing("rollback prepared"));
        held.release();
        rollback.await();
        assertThat(databases.get(1).preparedTransactions()).hasSize(1);
        assertThat(recover().groups()).singleElement().isInstanceOf(GroupReport.RolledBack.class);
        rollback.release();

        assertThatThrownBy(coordinator::join).hasCauseInstanceOf(SQLException.class);
        assertNothingIsPrepared();
        assertThat(values()).containsExactly(100L, 100L);
    }

    private CompletableFuture<TwoPhaseResult<Integer>> start(AtomicLong session) throws SQLException {
        TwoPhase twoPhase = TwoPhase.builder()
                .runner(DbopRunner.create()
                        .policy(RetryPolicy.builder().maxRetries(0).build())
                        .listeners())
                .branch("db0", databases.get(0).dataSource(proxies.get(0)))
                .branch("db1", databases.get(1).dataSource(proxies.get(1)))
                .build();
        return CompletableFuture.supplyAsync(() -> checked(() -> twoPhase.call(tx -> {
            session.set(databases.get(0).sessionId(tx.connection("db0")));
            return update(tx.connection("db0")) + update(tx.connection("db1"));
        })));
    }

    private static int update(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(WORK);
        }
    }

    private RecoveryReport recover() throws SQLException {
        RecoveryReport report = TwoPhase.builder()
                .branch("db0", databases.get(0).dataSource())
                .branch("db1", databases.get(1).dataSource())
                .build()
                .recovery()
                .recover();
        assertThat(report.unavailable()).isEmpty();
        return report;
    }

    /** Work of a coordinator. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private static <T> T checked(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException failed) {
            throw new CompletionException(failed);
        }
    }
}
