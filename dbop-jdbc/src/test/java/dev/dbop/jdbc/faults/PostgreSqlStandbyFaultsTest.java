package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What only a hot standby says: it cannot write, and what the primary does may end what it reads. */
@Timeout(60)
class PostgreSqlStandbyFaultsTest {
    private static TestServer primary;
    private static TestServer standby;
    private static TestDatabase db;

    private final History history = new History();
    private final DbopRunner step =
            DbopRunner.create().policy(FaultsTest.QUICK).listeners(history).named("step");

    @BeforeAll
    static void startServers() throws SQLException {
        primary = TestServers.start(
                Database.POSTGRESQL, "autovacuum=off", "max_standby_streaming_delay=50ms", "hot_standby_feedback=off");
        db = primary.createDatabase(ClientDriver.OWN);
        standby = primary.startStandby();
    }

    @AfterAll
    static void closeServers() {
        standby.close();
        primary.close();
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute("""
                DROP TABLE IF EXISTS acct;
                CREATE TABLE acct (id int PRIMARY KEY, bal int NOT NULL);
                INSERT INTO acct VALUES (1, 0), (2, 0)""");
        awaitReplay();
    }

    private static DataSource standbys() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(db.url(standby.port()));
        return source;
    }

    private static Connection onStandby() throws SQLException {
        return standbys().getConnection();
    }

    /** Until the standby has everything the primary had when asked. */
    private static void awaitReplay() throws SQLException {
        String written = db.query("SELECT pg_current_wal_lsn()").get(0);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    try (Connection connection = onStandby()) {
                        return FaultsTest.query(connection, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                                .equals(List.of("t"));
                    }
                });
    }

    private Outcome<Boolean> run(DbopRunner how, FaultsTest.Step operation) {
        return FaultsTest.run(how, JdbcScope.transaction(standbys()), operation);
    }

    @Test
    void whatIsCommittedOnThePrimaryIsReadOnTheStandby() throws SQLException {
        db.execute("UPDATE acct SET bal = 7 WHERE id = 1");
        awaitReplay();

        List<String> read = new ArrayList<>();
        FaultsTest.assertSucceeded(
                run(step.readOnly(), c -> read.addAll(FaultsTest.query(c, "SELECT bal FROM acct WHERE id = 1"))));
        assertThat(read).containsExactly("7");
    }

    @Test
    void aWriteIsWorthAnotherConnection() {
        FaultsTest.assertFailed(run(step, c -> FaultsTest.update(c, "UPDATE acct SET bal = 1")));

        assertThat(history.lines())
                .hasSize(4)
                .allMatch(line -> line.matches("step #\\d OPERATION 25006 RETRY_CONNECTION"));
    }

    @Test
    void aWriteOfACallThatOnlyReadsIsNot() {
        FaultsTest.assertFailed(run(step.readOnly(), c -> FaultsTest.update(c, "UPDATE acct SET bal = 1")));

        assertThat(history.lines()).containsExactly("step #1 OPERATION 25006 GIVE_UP");
    }

    @Test
    void aWriteInASavepointIsWorthAnotherConnectionForTheWhole() {
        FaultsTest.assertFailed(run(
                step,
                c -> step.named("inner")
                        .run(JdbcScope.savepoint(c), i -> FaultsTest.update(i, "UPDATE acct SET bal = 1"))));

        assertThat(history.lines())
                .filteredOn(line -> line.startsWith("step "))
                .hasSize(4)
                .allMatch(line -> line.endsWith("OPERATION 25006 RETRY_CONNECTION"));
    }

    @Test
    void whatOnlyAStandbyRefusesIsWorthAnotherConnection() {
        FaultsTest.assertFailed(run(step, c -> FaultsTest.execute(c, "LISTEN news")));

        assertThat(history.lines())
                .hasSize(4)
                .allMatch(line -> line.matches("step #\\d OPERATION 25006 RETRY_CONNECTION"));
    }

    @Test
    void aLevelItDoesNotKnowIsRefused() {
        FaultsTest.assertFailed(
                run(step.isolation(Isolation.SERIALIZABLE), c -> FaultsTest.query(c, "SELECT bal FROM acct")));

        assertThat(history.lines()).singleElement().asString().endsWith("0A000 GIVE_UP");
    }

    @Test
    void aSnapshotWhoseRowsAreGoneOnThePrimaryIsTakenAnewOnAnotherConnection() throws SQLException {
        boolean[] first = {true};
        Outcome<Boolean> outcome = run(step.isolation(Isolation.REPEATABLE_READ).readOnly(), c -> {
            FaultsTest.query(c, "SELECT bal FROM acct");
            if (first[0]) {
                first[0] = false;
                db.execute("DELETE FROM acct WHERE id = 2");
                db.execute("VACUUM acct");
                awaitAnswer("SELECT pid FROM pg_stat_activity WHERE pid = " + db.sessionId(c));
                FaultsTest.query(c, "SELECT bal FROM acct");
            }
        });

        FaultsTest.assertSucceeded(outcome);
        assertThat(history.lines()).first().asString().isEqualTo("step #1 OPERATION 40001 RETRY_CONNECTION");
    }

    /** Until a query on the standby returns these rows and no others. */
    private static void awaitAnswer(String query, String... rows) throws SQLException {
        try (Connection watcher = onStandby()) {
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> FaultsTest.query(watcher, query).equals(List.of(rows)));
        }
    }

    @Test
    void aQueryInTheWayOfALockOfThePrimaryIsRunAgain() throws SQLException {
        boolean[] first = {true};
        List<CompletableFuture<Boolean>> locks = new ArrayList<>();
        try (TestSession locking = TestSession.open(db)) {
            Outcome<Boolean> outcome = run(step.readOnly(), c -> {
                if (first[0]) {
                    first[0] = false;
                    long self = db.sessionId(c);
                    locks.add(locking.start(own -> {
                        // Only a query that already holds its table is in the way.
                        awaitAnswer("SELECT wait_event FROM pg_stat_activity WHERE pid = " + self, "PgSleep");
                        FaultsTest.execute(own, "BEGIN", "LOCK TABLE acct IN ACCESS EXCLUSIVE MODE", "COMMIT");
                        return true;
                    }));
                    FaultsTest.query(c, "SELECT pg_sleep(20) FROM acct");
                }
            });

            FaultsTest.assertSucceeded(outcome);
            assertThat(locks).hasSize(1).allSatisfy(end -> assertThat(end).succeedsWithin(Duration.ofSeconds(10)));
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 40001 RETRY_TRANSACTION");
    }
}
