package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.Phase;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.sql.MySqlSql;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.SqlConnection;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An attempt whose time is up ends, and what stops it hits nobody else. */
abstract class StoppedTest extends ServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** Long enough for a busy machine, short beside what a statement takes that nobody stops. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    /** PostgreSQL's number of the cancel request: 1234 in the first half, 5678 in the second. */
    private static final byte[] CANCEL_REQUEST = {4, (byte) 0xd2, 22, 46};

    StoppedTest(TestDatabase db) {
        super(db);
    }

    /** The request on a connection of its own; or the statement that stops another. */
    static boolean isCancel(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.contains(new String(CANCEL_REQUEST, StandardCharsets.ISO_8859_1)) || text.contains("KILL QUERY");
    }

    final DbopRunner limited(Duration attempt, int retries) {
        return settings.policy(RetryPolicy.builder()
                .maxRetries(retries)
                .initialDelay(Duration.ofMillis(10))
                .attemptTimeout(attempt)
                .build());
    }

    private String sleep(Duration time) {
        return postgres
                ? "SELECT pg_sleep(" + time.toMillis() / 1000.0 + ")"
                : "DO SLEEP(" + time.toMillis() / 1000.0 + ")";
    }

    /** The statement ends by itself while the cancel is still on its way; the next borrower's is running when it comes. */
    @Test
    void aCancelThatComesLateDoesNotHitTheNextBorrower() throws Exception {
        FaultProxy proxy = proxy();
        Pool pool = pool(proxy, postgres ? 1 : 2);
        PlannedFault late = proxy.holdBack(StoppedTest::isCancel);
        Promise<Void> end = Promise.promise();
        AtomicInteger attempts = new AtomicInteger();
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acc SET v = v WHERE id = 1");
            // not by a limit, which the server would keep as well
            Future<?> stopped = VertxRunner.of(Clients.VERTX, settings)
                    .until(end.future())
                    .call(VertxScope.transaction(pool), c -> add(c, 1));
            await().atMost(Duration.ofSeconds(10)).until(this::somebodyWaits);
            end.complete();
            late.await();
            holder.run("COMMIT");

            Promise<Void> running = Promise.promise();
            Future<?> next = start(settings, VertxScope.transaction(pool), c -> {
                attempts.incrementAndGet();
                running.tryComplete();
                return sql(c, sleep(Duration.ofSeconds(1)));
            });
            running.future().onComplete(begun -> late.release());

            Clients.await(next);
            assertThat(catchThrowable(() -> Clients.await(stopped))).isInstanceOf(CancellationException.class);
        }
        assertThat(attempts).hasValue(1);
    }

    private boolean somebodyWaits() throws SQLException {
        return db.sessions().stream().anyMatch(session -> session.state() == ServerSession.State.BLOCKED);
    }

    @Test
    void noCancelHitsTheNextBorrowerWhenTheTimeIsUpAsTheStatementEnds() throws SQLException {
        Pool pool = pool(null, postgres ? 1 : 2);
        int timedOut = 0;
        for (int round = 0; round < 60; round++) {
            Duration statement = Duration.ofMillis(40 + round % 12);
            Throwable failure = catchThrowable(() -> call(
                    limited(Duration.ofMillis(45), 0), VertxScope.transaction(pool), c -> sql(c, sleep(statement))));
            if (failure != null) {
                assertThat(failure).isInstanceOf(AttemptTimeoutException.class);
                timedOut++;
            }
            failed.clear();
            call(
                    settings,
                    VertxScope.transaction(pool),
                    c -> sql(c, sleep(Duration.ofMillis(3))).compose(slept -> note(c, "next")));
            assertThat(failed).as("round %s, the next borrower", round).isEmpty();
        }
        assertThat(timedOut).as("races that the cancel won").isPositive();
        assertThat(db.number("SELECT count(*) FROM noted")).isEqualTo(60);
    }

    @Test
    void aServerThatHasGoneMuteKeepsNobodyPastTheLimitAndItsConnectionIsNotLentAgain() throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = pool(proxy, 1);
        long start = System.nanoTime();

        Throwable failure = failure(
                limited(LIMIT, 0),
                VertxScope.transaction(pool),
                c -> note(c, "a").compose(done -> {
                    proxy.blackHole();
                    return note(c, "b");
                }));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(LIMIT, AT_ONCE);
        assertThat(failure).isInstanceOf(AttemptTimeoutException.class);
        proxy.heal();
        call(settings, VertxScope.transaction(pool), c -> note(c, "c"));
        assertThat(db.query("SELECT who FROM noted")).containsExactly("c");
        assertUsable(pool);
    }

    @Test
    void aCommitWhoseAnswerIsHeldBackKeepsNobodyPastTheLimit() throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = connected(pool(proxy, 1), 1);
        PlannedFault held = proxy.holdAnswer(FaultProxy.commit());

        // more than one attempt, since the time of one may be up before its COMMIT
        Throwable failure = failure(limited(LIMIT, 20), VertxScope.transaction(pool), c -> note(c, "a"));

        held.await();
        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        assertThat(phases()).containsOnlyOnce(Phase.COMMIT).endsWith(Phase.COMMIT);
        held.release();
        assertUsable(pool);
    }

    /** A KILL between two statements of a text has MySQL and MariaDB fall silent, and nobody would know what became of it. */
    @Test
    void aCommitIsStoppedOnlyOnceItHasRunForSomeTime() throws Exception {
        assumeFalse(postgres, "PostgreSQL says of any text that it was stopped");
        FaultProxy proxy = proxy();
        Pool pool = pool(proxy, 2);
        PlannedFault held = proxy.holdAnswer(FaultProxy.commit());
        // planned before there is one: whoever wakes up late would find the last one gone by
        PlannedFault stopped = proxy.holdBack(bytes -> held.hasHappened() && isCancel(bytes));
        AtomicLong returned = new AtomicLong();

        // more than one attempt, since the time of one may be up before its COMMIT
        Future<?> first = start(
                limited(MySqlSql.UNSTOPPED.dividedBy(2), 20),
                VertxScope.transaction(pool),
                c -> note(c, "a").onSuccess(noted -> returned.set(System.nanoTime())));
        held.await();
        stopped.await();
        Duration after = Duration.ofNanos(System.nanoTime() - returned.get());
        held.release();
        stopped.release();

        assertThat(after).isGreaterThanOrEqualTo(MySqlSql.UNSTOPPED);
        // whoever is late here finds the connection cut, and that is not the question
        Throwable unknown = catchThrowable(() -> Clients.await(first));
        assertThat(unknown == null || unknown instanceof OutcomeUnknownException)
                .as("%s", unknown)
                .isTrue();
        call(settings, VertxScope.transaction(pool), c -> note(c, "b"));
        assertThat(db.query("SELECT who FROM noted")).contains("b");
    }

    /** As PostgreSQL's deferred constraints and MySQL's global read lock have it wait. */
    @Test
    void aCommitThatWaitsIsStoppedAndItsOutcomeKnown() throws Exception {
        try (TestSession holder = TestSession.open(db)) {
            deferConstraint();
            FaultProxy proxy = proxy();
            Pool pool = connected(pool(proxy, 2), 2);
            PlannedFault committing = proxy.watch(FaultProxy.commit());
            // more than one attempt, since the time of one may be up before its COMMIT
            call(
                    limited(LIMIT.multipliedBy(2), 20),
                    VertxScope.transaction(pool),
                    c -> blockedAtFirst(committing, c, holder));

            assertThat(committing.hasHappened()).as("COMMIT was sent").isTrue();
            assertThat(failed)
                    .filteredOn(attempt -> attempt.phase() == Phase.COMMIT)
                    .isNotEmpty()
                    .allSatisfy(attempt -> {
                        assertThat(attempt.failure()).isInstanceOf(AttemptTimeoutException.class);
                        assertThat(attempt.verdict()).isNotEqualTo(Verdict.OUTCOME_UNKNOWN);
                    });
            assertThat(db.query("SELECT who FROM noted")).isEmpty();
        }
    }

    /** Leaves a note whose COMMIT has to wait; once a COMMIT was sent there is nothing more to do. */
    private Future<Object> blockedAtFirst(PlannedFault committing, SqlConnection c, TestSession holder) {
        // what the attempt before has left: the note too would wait for it
        tell(holder, postgres ? "SELECT pg_advisory_unlock_all()" : "UNLOCK TABLES");
        String block = postgres ? "SELECT pg_advisory_lock(4711)" : "FLUSH TABLES WITH READ LOCK";
        return committing.hasHappened()
                ? Future.succeededFuture()
                : note(c, "a").onSuccess(noted -> tell(holder, block));
    }

    private void deferConstraint() throws SQLException {
        if (postgres) {
            db.execute(
                    "CREATE OR REPLACE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS"
                            + " 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END'",
                    "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON noted DEFERRABLE INITIALLY DEFERRED"
                            + " FOR EACH ROW EXECUTE FUNCTION waits()");
        }
    }

    private static void tell(TestSession session, String sql) {
        try {
            session.run(sql);
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** The rows of a stream come page by page, behind the attempt's back. */
    @Test
    void aStreamIsStoppedToo() throws SQLException {
        int connections = postgres ? 1 : 2;
        Pool pool = connected(pool(null, connections), connections);
        String rows = postgres
                ? "SELECT i, pg_sleep(0.2) FROM generate_series(1, 1000) i"
                : "SELECT a.id, SLEEP(0.2) FROM acc a, acc b, acc c, acc d, acc e, acc f";
        long start = System.nanoTime();

        Throwable failure = failure(limited(LIMIT, 0), VertxScope.transaction(pool), c -> streamed(c, rows));

        assertThat(failure).isInstanceOf(AttemptTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        assertUsable(pool, connections);
    }

    private static Future<?> streamed(SqlConnection c, String rows) {
        return c.prepare(rows).compose(statement -> end(statement));
    }

    private static Future<?> end(PreparedStatement statement) {
        Promise<Void> end = Promise.promise();
        RowStream<?> stream = statement.createStream(2);
        stream.exceptionHandler(end::tryFail);
        stream.endHandler(done -> end.tryComplete());
        stream.handler(row -> {});
        return end.future();
    }
}
