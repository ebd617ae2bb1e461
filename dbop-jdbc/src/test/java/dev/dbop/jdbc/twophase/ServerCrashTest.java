package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server is killed while the coordinator, in good health, waits at the commit point. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("one-jdk")
abstract class ServerCrashTest {
    private static final Predicate<byte[]> COMMIT =
            FaultProxy.commit().and(FaultProxy.containing("autocommit").negate());

    private final List<TestDatabase> databases;
    private final TestServer server;
    private final boolean holdsDecisions;

    /** A database on the server to be killed is one branch, the steady one is the other. */
    ServerCrashTest(TestDatabase steady, boolean holdsDecisions, Database database, String... options) {
        this.holdsDecisions = holdsDecisions;
        this.server = TestServers.start(database, options);
        try {
            TestDatabase mortal = server.createDatabase(ClientDriver.OWN);
            this.databases = holdsDecisions ? List.of(mortal, steady) : List.of(steady, mortal);
        } catch (SQLException failed) {
            server.close();
            throw new IllegalStateException(failed);
        }
    }

    @BeforeAll
    void createTables() throws SQLException {
        if (mortal().database() == Database.POSTGRESQL) {
            assertThat(mortal().query("SHOW fsync")).containsExactly("on");
        }
        TestDatabase first = databases.get(0);
        first.execute(DecisionTable.named("dbop_decision").create(first.database()));
        for (TestDatabase db : databases) {
            db.execute("CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO acct VALUES (1, 100)");
        }
    }

    @BeforeEach
    void reset() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute("UPDATE acct SET v = 100");
        }
    }

    @AfterAll
    void closeServer() {
        server.close();
    }

    TestDatabase mortal() {
        return databases.get(holdsDecisions ? 0 : 1);
    }

    List<Long> values() throws SQLException {
        return List.of(
                databases.get(0).number("SELECT v FROM acct"), databases.get(1).number("SELECT v FROM acct"));
    }

    @ParameterizedTest(name = "COMMIT executed: {0}, restarted while the coordinator waits: {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void allOrNothingIsLeft(boolean executed, boolean restarted) throws SQLException {
        boolean unknown = holdsDecisions && !restarted;
        try {
            TwoPhaseResult<Integer> result = crash(executed, restarted);
            assertThat(unknown).isFalse();
            assertThat(result.pending()).isEqualTo(restarted ? List.of() : List.of("db1"));
        } catch (OutcomeUnknownException e) {
            assertThat(unknown).isTrue();
        }
        if (!restarted) {
            server.restart();
        }
        recoverAll();
        long value = unknown && !executed ? 100 : 101;
        assertThat(values()).containsExactly(value, value);
        assertThat(mortal().preparedTransactions()).isEmpty();
    }

    /** Lets the coordinator find out what it can from a server that is killed, and perhaps back. */
    TwoPhaseResult<Integer> crash(boolean executed, boolean restarted) throws SQLException {
        try (FaultProxy first = FaultProxy.to(databases.get(0));
                FaultProxy second = FaultProxy.to(databases.get(1))) {
            TwoPhase twoPhase = TwoPhase.builder()
                    .runner(runner(holdsDecisions && !restarted ? Duration.ofSeconds(6) : Duration.ofSeconds(60)))
                    .branch("db0", databases.get(0).dataSource(first))
                    .branch("db1", databases.get(1).dataSource(second))
                    .build();
            PlannedFault held = executed ? first.holdAnswer(COMMIT) : first.holdBack(COMMIT);
            CompletableFuture<TwoPhaseResult<Integer>> call = CompletableFuture.supplyAsync(() -> transfer(twoPhase));
            held.await();
            server.kill();
            if (restarted) {
                server.restart();
            }
            if (holdsDecisions) {
                // The reply of a dead server.
                first.cutAll();
            }
            held.release();
            return call.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof OutcomeUnknownException unknown ? unknown : failed;
        }
    }

    /** A server takes seconds to come back; one that does not is waited for in vain. */
    private static DbopRunner runner(Duration limit) {
        return DbopRunner.create()
                .policy(RetryPolicy.builder()
                        .initialDelay(Duration.ofMillis(20))
                        .maxDuration(limit)
                        .build())
                .listeners();
    }

    private static TwoPhaseResult<Integer> transfer(TwoPhase twoPhase) {
        try {
            return twoPhase.call(tx -> add(tx.connection("db0")) + add(tx.connection("db1")));
        } catch (SQLException failed) {
            throw new CompletionException(failed);
        }
    }

    private static int add(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE acct SET v = v + 1 WHERE id = 1");
        }
    }

    void recoverAll() throws SQLException {
        TwoPhase direct = TwoPhase.builder()
                .branch("db0", databases.get(0).dataSource())
                .branch("db1", databases.get(1).dataSource())
                .build();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> direct.recovery().recover().isComplete());
    }
}
