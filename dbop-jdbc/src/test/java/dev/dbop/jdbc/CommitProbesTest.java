package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A COMMIT without an answer is neither lost nor executed twice, and the caller is told which. */
@Tag("one-jdk")
abstract class CommitProbesTest {
    static final TokenTable TOKENS = TokenTable.named("Dbop tokens");

    /** How often each race is run; the figures of the release notes come from 500. */
    private static final int RACES = Integer.getInteger("dbop.test.races", 25);

    private static final Predicate<byte[]> COMMIT = FaultProxy.commit();

    final TestDatabase db;
    final List<RunEvent.Probed> probed = new CopyOnWriteArrayList<>();
    final DbopRunner runner = DbopRunner.create()
            .named("probed")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(20)).build())
            .listeners(event -> {
                if (event instanceof RunEvent.Probed found) {
                    probed.add(found);
                }
            });
    private final JdbcCommitProbe probe;
    private final Random random = new Random(7);

    CommitProbesTest(TestDatabase db, JdbcCommitProbe probe) {
        this.db = db;
        this.probe = probe;
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS " + db.database().quote("Dbop tokens"),
                TOKENS.create(db.database()),
                "DROP TABLE IF EXISTS done",
                "CREATE TABLE done (call_number INT NOT NULL, attempt INT NOT NULL)");
    }

    @AfterEach
    void nothingIsLeftOpen() throws SQLException {
        assertThat(db.preparedTransactions()).isEmpty();
    }

    /** Notes the call in the database and returns the number of the attempt. */
    final int note(DbopRunner with, DataSource source, int call, AfterWork afterWork) throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        return with.call(JdbcScope.transaction(source, probe), c -> {
            int attempt = attempts.incrementAndGet();
            try (Statement statement = c.createStatement()) {
                statement.executeUpdate("INSERT INTO done VALUES (" + call + ", " + attempt + ")");
            }
            afterWork.run(c, attempt);
            return attempt;
        });
    }

    /** What a test does once the attempt's work is done and COMMIT is next. */
    @FunctionalInterface
    interface AfterWork {
        void run(Connection connection, int attempt) throws SQLException;
    }

    final List<CommitStatus> found() {
        return probed.stream().map(RunEvent.Probed::status).toList();
    }

    private List<String> done() throws SQLException {
        return db.query("SELECT attempt FROM done");
    }

    @Test
    void aCommitThatWasExecutedReturnsTheOperationsOwnResult() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            assertThat(note(runner, db.dataSource(proxy), 1, first(() -> proxy.cutAfterForwarding(COMMIT))))
                    .isEqualTo(1);
        }
        assertThat(found()).last().isEqualTo(CommitStatus.COMMITTED);
        assertThat(done()).containsExactly("1");
    }

    @Test
    void aCommitThatNeverArrivedIsRunAgain() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            assertThat(note(runner, db.dataSource(proxy), 1, first(() -> proxy.cutBeforeForwarding(COMMIT))))
                    .isEqualTo(2);
        }
        assertThat(found()).last().isEqualTo(CommitStatus.ABORTED);
        assertThat(done()).containsExactly("2");
    }

    /** The COMMIT sits in the network while the database is asked: to look, and see nothing, would prove nothing. */
    @Test
    void aCommitThatIsStillOnItsWayIsKeptFromBeingExecuted() throws SQLException {
        DbopRunner impatient = runner.policy(
                RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(6)).build());
        List<PlannedFault> held = new ArrayList<>();
        try (FaultProxy proxy = FaultProxy.to(db)) {
            assertThat(note(impatient, db.dataSource(proxy), 1, first(() -> held.add(proxy.holdBack(COMMIT)))))
                    .isEqualTo(2);

            held.get(0).release();
            assertThat(held.get(0).hasHappened()).isTrue();
        }
        assertThat(found()).last().isEqualTo(CommitStatus.ABORTED);
        assertThat(done()).containsExactly("2");
    }

    @Test
    void aDatabaseThatCannotBeReachedLeavesTheOutcomeUnknownWithinTheDeadline() throws SQLException {
        DbopRunner limited = runner.policy(
                RetryPolicy.builder().maxDuration(Duration.ofSeconds(6)).build());
        try (FaultProxy proxy = FaultProxy.to(db)) {
            DataSource source = db.dataSource(proxy);
            long start = System.nanoTime();

            assertThatThrownBy(() -> note(limited, source, 1, first(() -> {
                        proxy.cutAfterForwarding(COMMIT);
                        proxy.refuseNewConnections();
                    })))
                    .isInstanceOf(OutcomeUnknownException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        }
        assertThat(found()).isNotEmpty().containsOnly(CommitStatus.IN_DOUBT);
        assertThat(done()).containsExactly("1");
    }

    /** Only the first attempt is in trouble, and only from here on: drivers say "autocommit" when they connect. */
    private static AfterWork first(Runnable trouble) {
        return (connection, attempt) -> {
            if (attempt == 1) {
                trouble.run();
            }
        };
    }

    @Test
    void aPooledConnectionComesBackFromProbingAsItWas() throws SQLException {
        HikariConfig config = new HikariConfig();
        try (FaultProxy proxy = FaultProxy.to(db)) {
            config.setJdbcUrl(db.url(proxy.port()));
            config.setMaximumPoolSize(2);
            try (HikariDataSource pool = new HikariDataSource(config)) {
                String before = stateOf(pool);
                for (int call = 1; call <= 2; call++) {
                    note(runner, pool, call, first(() -> proxy.cutAfterForwarding(COMMIT)));
                    note(runner, pool, call + 2, first(() -> proxy.cutBeforeForwarding(COMMIT)));
                }
                assertThat(stateOf(pool)).isEqualTo(before);
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            }
        }
        assertThat(db.query("SELECT call_number FROM done ORDER BY call_number"))
                .containsExactly("1", "2", "3", "4");
    }

    private String stateOf(DataSource pool) throws SQLException {
        try (Connection one = pool.getConnection();
                Connection two = pool.getConnection()) {
            return db.stateOf(one) + " " + db.stateOf(two) + " " + one.getNetworkTimeout() + " "
                    + two.getNetworkTimeout();
        }
    }

    @Test
    void everyCutBeforeTheCommitArrivesEndsCommittedExactlyOnce() throws SQLException {
        race("cut before COMMIT", (proxy, connection) -> proxy.cutBeforeForwarding(COMMIT));
    }

    @Test
    void everyCutAfterTheCommitArrivedEndsCommittedExactlyOnce() throws SQLException {
        race("cut after COMMIT", (proxy, connection) -> proxy.cutAfterForwarding(COMMIT));
    }

    @Test
    void everyCutWhileTheServerCommitsEndsCommittedExactlyOnce() throws SQLException {
        race("cut in COMMIT", (proxy, connection) -> proxy.orphan(COMMIT));
    }

    @Test
    void everySessionKilledWhileItCommitsEndsCommittedExactlyOnce() throws SQLException {
        List<CompletableFuture<Void>> kills = new ArrayList<>();
        try (Connection admin = db.admin();
                Statement killer = admin.createStatement()) {
            race("killed at COMMIT", (proxy, connection) -> {
                String kill = killOf(db.sessionId(connection));
                long nanos = random.nextInt(2_000_000);
                kills.add(CompletableFuture.runAsync(() -> after(nanos, () -> killer.execute(kill))));
            });
            kills.forEach(CompletableFuture::join);
        }
    }

    private String killOf(long session) {
        return db.database() == Database.POSTGRESQL
                ? "SELECT pg_terminate_backend(" + session + ")"
                : "KILL " + session;
    }

    /** Spins, because what is raced takes less time than a thread to wake up. */
    private static void after(long nanos, SqlStep step) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
        try {
            step.run();
        } catch (SQLException gone) {
            // The session had ended before.
            return;
        }
    }

    /** A step of SQL without a result. */
    @FunctionalInterface
    private interface SqlStep {
        void run() throws SQLException;
    }

    private void race(String name, Trouble trouble) throws SQLException {
        int[] repeated = {0};
        try (FaultProxy proxy = FaultProxy.to(db)) {
            DataSource source = db.dataSource(proxy);
            for (int call = 1; call <= RACES; call++) {
                int attempts = note(runner, source, call, (c, attempt) -> {
                    if (attempt == 1) {
                        trouble.brew(proxy, c);
                    }
                });
                repeated[0] += attempts > 1 ? 1 : 0;
            }
        }
        assertThat(db.number("SELECT count(*) FROM done")).isEqualTo(RACES);
        assertThat(db.number("SELECT count(DISTINCT call_number) FROM done")).isEqualTo(RACES);
        System.out.printf(
                "%s %s, %s: %d calls, %d run again, probes committed/aborted/in doubt %d/%d/%d%n",
                db.database(),
                probe,
                name,
                RACES,
                repeated[0],
                count(CommitStatus.COMMITTED),
                count(CommitStatus.ABORTED),
                count(CommitStatus.IN_DOUBT));
    }

    private long count(CommitStatus status) {
        return found().stream().filter(status::equals).count();
    }

    /** What befalls an attempt before its COMMIT. */
    @FunctionalInterface
    private interface Trouble {
        void brew(FaultProxy proxy, Connection connection) throws SQLException;
    }
}
