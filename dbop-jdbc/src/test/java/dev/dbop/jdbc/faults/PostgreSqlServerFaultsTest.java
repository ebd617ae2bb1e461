package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import dev.dbop.testkit.TestSession;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that stops, crashes, starts, is full, or waits for a standby that is not there. It is this class's own. */
class PostgreSqlServerFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";
    private static final RetryPolicy PATIENT = RetryPolicy.builder()
            .maxRetries(200)
            .initialDelay(Duration.ofMillis(20))
            .maxDelay(Duration.ofMillis(50))
            .jitter(0)
            .build();
    private static TestServer server;
    private static TestDatabase db;

    private final History history = new History();
    private final DbopRunner step =
            DbopRunner.create().policy(PATIENT).listeners(history).named("step");

    @BeforeAll
    static void startServer() throws SQLException {
        server = TestServers.start(
                Database.POSTGRESQL, "max_connections=12", "superuser_reserved_connections=2", "autovacuum=off");
        db = server.createDatabase(ClientDriver.OWN);
        try (TestSession session = TestSession.open(db)) {
            assumeThat(ProcessHandle.of(session.id())
                            .flatMap(process -> process.info().command()))
                    .as("the server's processes are ours to signal")
                    .hasValueSatisfying(command -> assertThat(command).contains("postgres"));
        }
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute("""
                DROP TABLE IF EXISTS acct;
                CREATE TABLE acct (id int PRIMARY KEY, bal int NOT NULL);
                INSERT INTO acct VALUES (1, 0)""");
    }

    private Outcome<Boolean> run(FaultsTest.Step operation) {
        return FaultsTest.run(step, JdbcScope.transaction(db.dataSource()), operation);
    }

    private static long balance() throws SQLException {
        return db.number("SELECT bal FROM acct WHERE id = 1");
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    /** Every session is a child of the postmaster. */
    private static long postmaster(long session) {
        return ProcessHandle.of(session).orElseThrow().parent().orElseThrow().pid();
    }

    @Test
    void aServerThatStopsAndComesBackIsWaitedFor() throws SQLException {
        boolean[] first = {true};
        List<CompletableFuture<Void>> stopped = new ArrayList<>();
        history.after("step", 2, () -> {
            stopped.get(0).get(30, TimeUnit.SECONDS);
            server.restart();
        });

        Outcome<Boolean> outcome = run(c -> {
            FaultsTest.update(c, ADD_ONE);
            if (first[0]) {
                first[0] = false;
                stopped.add(CompletableFuture.runAsync(() -> server.stop()));
                FaultsTest.query(c, "SELECT pg_sleep(20)");
            }
        });

        assertThat(outcome).isInstanceOf(Outcome.Success.class);
        assertThat(history.lines().get(0)).isEqualTo("step #1 OPERATION 57P01 RETRY_CONNECTION");
        assertThat(history.lines().subList(1, history.lines().size()))
                .isNotEmpty()
                .allMatch(line -> line.matches("step #\\d+ OPEN (08001|57P03) RETRY_CONNECTION"));
        assertThat(balance()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUIT to the server", "KILL to another session"})
    void aServerThatCrashesAndComesBackIsWaitedFor(String how) throws SQLException {
        boolean[] first = {true};
        List<CompletableFuture<Void>> signals = new ArrayList<>();
        try (TestSession victim = TestSession.open(db)) {
            boolean whole = how.startsWith("QUIT");
            if (whole) {
                history.after("step", 2, () -> server.restart());
            }

            Outcome<Boolean> outcome = run(c -> {
                FaultsTest.update(c, ADD_ONE);
                if (first[0]) {
                    first[0] = false;
                    signals.add(
                            signalMeanwhile(whole ? "QUIT" : "KILL", whole ? postmaster(victim.id()) : victim.id()));
                    FaultsTest.query(c, "SELECT pg_sleep(20)");
                }
            });

            assertThat(outcome).isInstanceOf(Outcome.Success.class);
        }
        assertThat(signals).hasSize(1).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(history.lines().get(0)).isEqualTo("step #1 OPERATION 08006 RETRY_CONNECTION");
        assertThat(history.lines().subList(1, history.lines().size()))
                .allMatch(line -> line.matches("step #\\d+ OPEN (08001|08006|57P03) RETRY_CONNECTION"));
        assertThat(balance()).isEqualTo(1);
    }

    private static CompletableFuture<Void> signalMeanwhile(String signal, long pid) {
        return CompletableFuture.runAsync(() -> {
            try {
                signal(signal, pid);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aServerThatShutsDownTakesNoConnectionsAndIsWaitedFor() throws Exception {
        try (TestSession last = TestSession.open(db)) {
            signal("TERM", postmaster(last.id()));
            history.after("step", 2, () -> server.restart());

            Outcome<Boolean> outcome = run(c -> FaultsTest.update(c, ADD_ONE));

            assertThat(outcome).isInstanceOf(Outcome.Success.class);
        }
        assertThat(history.lines())
                .startsWith("step #1 OPEN 57P03 RETRY_CONNECTION", "step #2 OPEN 57P03 RETRY_CONNECTION");
        assertThat(balance()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"server, 11, sorry", "reserved, 9, remaining", "database, 1, too many connections for database"})
    void aFullServerIsTriedAgain(String what, int places, String message) throws SQLException {
        TestDatabase plain = db.asPlainUser();
        db.execute(
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO " + plain.login().user());
        List<Connection> others = new ArrayList<>();
        TestDatabase mine = what.equals("server") ? db : plain;
        int limit = what.equals("database") ? 1 : 12;
        db.execute("ALTER DATABASE " + db.name() + " CONNECTION LIMIT " + limit);
        fill(others, mine, places);
        history.after("step", 2, () -> others.remove(0).close());
        try {
            Outcome<Boolean> outcome =
                    FaultsTest.run(step, JdbcScope.transaction(mine.dataSource()), c -> FaultsTest.update(c, ADD_ONE));

            assertThat(outcome).isInstanceOf(Outcome.Success.class);
            assertThat(outcome.failures().get(0).failure()).hasMessageContaining(message);
            assertThat(history.lines())
                    .startsWith("step #1 OPEN 53300 RETRY_CONNECTION", "step #2 OPEN 53300 RETRY_CONNECTION")
                    .allMatch(line -> line.endsWith("OPEN 53300 RETRY_CONNECTION"));
        } finally {
            for (Connection other : others) {
                other.close();
            }
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> db.sessions().isEmpty());
            db.execute("ALTER DATABASE " + db.name() + " CONNECTION LIMIT -1");
        }
        assertThat(balance()).isEqualTo(1);
    }

    /** Takes every place but the one of the testkit's own connection. */
    private static void fill(List<Connection> others, TestDatabase as, int places) {
        await().atMost(Duration.ofSeconds(30)).until(() -> db.sessions().isEmpty());
        // A session that has ended is no longer listed a moment before its place is free.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> {
                    while (others.size() < places) {
                        others.add(as.connect());
                    }
                    return true;
                });
        assertThatThrownBy(as::connect).isInstanceOf(SQLException.class);
    }

    /** Runs the step with a COMMIT that waits for a standby, and does something to its session meanwhile. */
    private Outcome<Boolean> whileCommitWaitsForAStandby(DbopRunner how, Disturbance disturbance) throws SQLException {
        db.execute(
                "ALTER DATABASE " + db.name() + " SET synchronous_commit = local",
                "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
                "SELECT pg_reload_conf()");
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> db.query("SHOW synchronous_standby_names").equals(List.of("nobody")));
            // COMMIT waits once the checkpointer has read the setting: between two checkpoints at the latest.
            db.execute("CHECKPOINT", "CHECKPOINT");
            List<CompletableFuture<Void>> disturbed = new ArrayList<>();
            Outcome<Boolean> outcome = FaultsTest.run(how, JdbcScope.transaction(db.dataSource()), c -> {
                long self = db.sessionId(c);
                FaultsTest.execute(c, "SET LOCAL synchronous_commit = on");
                FaultsTest.update(c, ADD_ONE);
                disturbed.add(CompletableFuture.runAsync(() -> {
                    awaitWaitForStandby(self);
                    disturbance.on(self);
                }));
            });
            assertThat(disturbed).hasSize(1).allSatisfy(end -> assertThat(end).succeedsWithin(Duration.ofSeconds(10)));
            return outcome;
        } finally {
            db.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        }
    }

    @FunctionalInterface
    private interface Disturbance {
        void on(long session);
    }

    private static void awaitWaitForStandby(long session) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> db.query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                        .contains(Long.toString(session)));
    }

    @Test
    void aCancelledWaitForAStandbyIsASuccessBecauseTheCommitIsLocallyDone() throws SQLException {
        Outcome<Boolean> outcome = whileCommitWaitsForAStandby(step, session -> {
            try {
                db.cancel(session);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(outcome).isInstanceOf(Outcome.Success.class);
        assertThat(history.lines()).isEmpty();
        assertThat(balance()).isEqualTo(1);
    }

    @Test
    void anAttemptThatRunsOutOfTimeInThatWaitIsASuccessToo() throws SQLException {
        RetryPolicy limited =
                PATIENT.toBuilder().attemptTimeout(Duration.ofSeconds(5)).build();

        Outcome<Boolean> outcome = whileCommitWaitsForAStandby(step.policy(limited), session -> {});

        assertThat(outcome).isInstanceOf(Outcome.Success.class);
        assertThat(history.lines()).isEmpty();
        assertThat(balance()).isEqualTo(1);
    }

    @Test
    void aSessionKilledInThatWaitLeavesTheOutcomeUnknown() throws SQLException {
        Outcome<Boolean> outcome = whileCommitWaitsForAStandby(step, session -> {
            try {
                db.kill(session);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.failure()).isInstanceOf(OutcomeUnknownException.class));
        assertThat(history.lines()).containsExactly("step #1 COMMIT 08006 OUTCOME_UNKNOWN");
        assertThat(balance()).isEqualTo(1);
    }
}
