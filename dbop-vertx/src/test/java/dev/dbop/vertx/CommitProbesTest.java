package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A COMMIT without an answer is neither lost nor executed twice, and the caller is told which. */
@Tag("one-jdk")
abstract class CommitProbesTest extends ServerTest {
    static final TokenTable TOKENS = TokenTable.named("Dbop tokens");

    private static final int RACES = Integer.getInteger("dbop.test.races", 20);
    private static final Predicate<byte[]> COMMIT = FaultProxy.commit();

    private final VertxCommitProbe probe;
    private final Random random = new Random(7);

    CommitProbesTest(TestDatabase db, VertxCommitProbe probe) {
        super(db);
        this.probe = probe;
    }

    @BeforeEach
    void createTokens() throws SQLException {
        db.execute("DROP TABLE IF EXISTS " + db.database().quote("Dbop tokens"), TOKENS.create(db.database()));
    }

    /** What befalls an attempt once its work is done and COMMIT is next. */
    @FunctionalInterface
    interface Trouble {
        Future<?> brew(SqlConnection connection);
    }

    private static Trouble planned(Runnable fault) {
        return connection -> {
            fault.run();
            return Future.succeededFuture();
        };
    }

    /** Notes the call in the database and returns the number of the attempt; only the first is in trouble. */
    private int noted(DbopRunner with, Pool pool, int call, Trouble trouble) {
        AtomicInteger attempts = new AtomicInteger();
        return this.<Integer>call(with, VertxScope.transaction(pool, probe), connection -> {
            int attempt = attempts.incrementAndGet();
            return sql(connection, "INSERT INTO noted VALUES ('" + call + "', " + attempt + ")")
                    .compose(done -> attempt == 1 ? trouble.brew(connection) : Future.succeededFuture())
                    .map(attempt);
        });
    }

    private List<CommitStatus> found() {
        return probed.stream().map(RunEvent.Probed::status).toList();
    }

    @Test
    void aCommitThatWasExecutedReturnsTheOperationsOwnResult() throws SQLException {
        FaultProxy proxy = proxy();

        assertThat(noted(settings, pool(proxy, 2), 1, planned(() -> proxy.cutAfterForwarding(COMMIT))))
                .isEqualTo(1);

        assertThat(found()).last().isEqualTo(CommitStatus.COMMITTED);
        assertThat(noted("1")).containsExactly("1");
    }

    @Test
    void aCommitThatNeverArrivedIsRunAgain() throws SQLException {
        FaultProxy proxy = proxy();

        assertThat(noted(settings, pool(proxy, 2), 1, planned(() -> proxy.cutBeforeForwarding(COMMIT))))
                .isEqualTo(2);

        assertThat(found()).last().isEqualTo(CommitStatus.ABORTED);
        assertThat(noted("1")).containsExactly("2");
    }

    /** The connection that is lost is the pool's only one: the probe must not wait for it. */
    @Test
    void thePoolsOnlyConnectionIsEnough() throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = pool(proxy, 1);

        assertThat(noted(settings, pool, 1, planned(() -> proxy.cutAfterForwarding(COMMIT))))
                .isEqualTo(1);
        assertThat(noted(settings, pool, 2, planned(() -> proxy.cutBeforeForwarding(COMMIT))))
                .isEqualTo(2);

        assertThat(db.number("SELECT count(*) FROM noted")).isEqualTo(2);
        assertUsable(pool);
    }

    /** The COMMIT sits in the network while the database is asked: to look, and see nothing, would prove nothing. */
    @Test
    void aCommitThatIsStillOnItsWayIsKeptFromBeingExecuted() throws SQLException {
        DbopRunner impatient = settings.policy(
                RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(3)).build());
        List<PlannedFault> held = new ArrayList<>();
        FaultProxy proxy = proxy();
        Pool pool = connected(pool(proxy, 2), 2);

        int committed = noted(impatient, pool, 1, planned(() -> held.add(proxy.holdBack(COMMIT))));
        held.get(0).release();

        assertThat(held.get(0).hasHappened()).isTrue();
        assertThat(found()).last().isEqualTo(CommitStatus.ABORTED);
        // the second, unless the time of the first was up before its COMMIT and the next one's was held
        assertThat(committed).isGreaterThan(1);
        assertThat(noted("1")).containsExactly(String.valueOf(committed));
    }

    @Test
    void aDatabaseThatRefusesConnectionsLeavesTheOutcomeUnknownWithinTheDeadline() throws SQLException {
        FaultProxy proxy = proxy();
        assertUnknownInTime(RetryPolicy.builder(), proxy, planned(() -> {
            proxy.cutAfterForwarding(COMMIT);
            proxy.refuseNewConnections();
        }));

        assertThat(found()).isNotEmpty().containsOnly(CommitStatus.IN_DOUBT);
        assertThat(noted("1")).containsExactly("1");
    }

    @Test
    void aDatabaseThatHasGoneMuteLeavesTheOutcomeUnknownWithinTheDeadline() throws SQLException {
        FaultProxy proxy = proxy();
        assertUnknownInTime(
                RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(1)),
                proxy,
                planned(() -> proxy.watch(bytes -> {
                    boolean commits = COMMIT.test(bytes);
                    if (commits) {
                        proxy.blackHole();
                    }
                    return commits;
                })));
    }

    /** The pool has made one connection beforehand and no other, which could be asked after all. */
    private void assertUnknownInTime(RetryPolicy.Builder policy, FaultProxy proxy, Trouble trouble) {
        // more than probing takes, for what comes before it may take its time
        DbopRunner limited =
                settings.policy(policy.maxDuration(Duration.ofSeconds(6)).build());
        Pool pool = connected(pool(proxy, 2), 1);
        long start = System.nanoTime();

        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> noted(limited, pool, 1, trouble));

        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void everyCutBeforeTheCommitArrivesEndsCommittedExactlyOnce() throws SQLException {
        FaultProxy proxy = proxy();
        race(proxy, planned(() -> proxy.cutBeforeForwarding(COMMIT)));
    }

    @Test
    void everyCutAfterTheCommitArrivedEndsCommittedExactlyOnce() throws SQLException {
        FaultProxy proxy = proxy();
        race(proxy, planned(() -> proxy.cutAfterForwarding(COMMIT)));
    }

    @Test
    void everyCutWhileTheServerCommitsEndsCommittedExactlyOnce() throws SQLException {
        FaultProxy proxy = proxy();
        race(proxy, planned(() -> proxy.orphan(COMMIT)));
    }

    @Test
    void everySessionKilledWhileItCommitsEndsCommittedExactlyOnce() throws SQLException {
        List<CompletableFuture<Void>> kills = new ArrayList<>();
        try (Connection admin = db.admin();
                Statement killer = admin.createStatement()) {
            race(
                    proxy(),
                    connection -> Clients.sessionId(db, connection).onSuccess(session -> {
                        String kill = postgres ? "SELECT pg_terminate_backend(" + session + ")" : "KILL " + session;
                        long nanos = random.nextInt(2_000_000);
                        kills.add(CompletableFuture.runAsync(() -> after(nanos, killer, kill)));
                    }));
            kills.forEach(CompletableFuture::join);
        }
    }

    /** Spins, because what is raced takes less time than a thread to wake up. */
    private static void after(long nanos, Statement killer, String kill) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
        try {
            killer.execute(kill);
        } catch (SQLException gone) {
            // The session had ended before.
            return;
        }
    }

    private void race(FaultProxy proxy, Trouble trouble) throws SQLException {
        Pool pool = pool(proxy, 2);
        for (int call = 1; call <= RACES; call++) {
            noted(settings, pool, call, trouble);
        }
        assertThat(db.number("SELECT count(*) FROM noted")).isEqualTo(RACES);
        assertThat(db.number("SELECT count(DISTINCT who) FROM noted")).isEqualTo(RACES);
    }
}
