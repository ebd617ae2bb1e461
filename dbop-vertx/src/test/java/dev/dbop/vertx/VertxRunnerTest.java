package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls stay where they were made from, and end when nobody wants them any more. */
abstract class VertxRunnerTest {
    private static final String WRITE = "INSERT INTO written VALUES (1)";

    private final TestDatabase db;
    private final Pool pool;
    private final VertxRunner runner = VertxRunner.of(
            Clients.VERTX,
            DbopRunner.create()
                    .policy(RetryPolicy.builder()
                            .maxRetries(3)
                            .initialDelay(Duration.ofMillis(5))
                            .build())
                    .listeners()
                    .classifier((failure, phase) -> failure instanceof Again ? Verdict.RETRY_TRANSACTION : null));

    VertxRunnerTest(TestDatabase db) {
        this.db = db;
        this.pool = Clients.pool(db, null, 1);
    }

    /** A failure that is worth another attempt. */
    private static final class Again extends RuntimeException {
        private static final long serialVersionUID = 1;

        Again() {
            super("once more", null, false, false);
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS written", "CREATE TABLE written (v INT)");
    }

    @AfterEach
    void close() {
        Clients.close(pool);
    }

    /** A verticle that does one thing when it is deployed. */
    private static final class Doing extends VerticleBase {
        private final Supplier<Future<?>> deed;

        Doing(Supplier<Future<?>> deed) {
            this.deed = deed;
        }

        @Override
        public Future<?> start() {
            return deed.get();
        }
    }

    private static String deploy(ThreadingModel threads, Supplier<Future<?>> deed) {
        return Clients.await(
                Clients.VERTX.deployVerticle(new Doing(deed), new DeploymentOptions().setThreadingModel(threads)));
    }

    /** Every place a call of three attempts comes by. */
    private Future<?> visit(List<Context> contexts, Set<String> threads) {
        AtomicInteger attempts = new AtomicInteger();
        Runnable here = () -> {
            contexts.add(Vertx.currentContext());
            threads.add(Thread.currentThread().getName());
        };
        here.run();
        return runner.call(VertxScope.transaction(pool), c -> {
                    here.run();
                    return c.query(WRITE).execute().compose(written -> {
                        here.run();
                        return attempts.incrementAndGet() < 3
                                ? Future.failedFuture(new Again())
                                : Future.succeededFuture(true);
                    });
                })
                .onComplete(done -> here.run());
    }

    private void staysAt(ThreadingModel threads) throws SQLException {
        List<Context> contexts = new CopyOnWriteArrayList<>();
        Set<String> names = ConcurrentHashMap.newKeySet();

        deploy(threads, () -> visit(contexts, names));

        assertThat(contexts).hasSize(8).containsOnly(contexts.get(0));
        if (threads == ThreadingModel.EVENT_LOOP) {
            assertThat(names).hasSize(1);
        }
        assertThat(db.query("SELECT v FROM written")).containsExactly("1");
    }

    @Test
    void aCallStaysOnTheEventLoopItIsMadeFrom() throws SQLException {
        staysAt(ThreadingModel.EVENT_LOOP);
    }

    @Test
    void aCallStaysOnTheWorkerItIsMadeFrom() throws SQLException {
        staysAt(ThreadingModel.WORKER);
    }

    @Test
    void aCallStaysOnTheVirtualThreadsItIsMadeFrom() throws SQLException {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, "this JDK has no virtual threads");
        staysAt(ThreadingModel.VIRTUAL_THREAD);
    }

    @Test
    void aCallFromOutsideRunsOnAContextOfVertx() throws SQLException {
        List<Context> contexts = new CopyOnWriteArrayList<>();

        Clients.await(runner.call(VertxScope.transaction(pool), c -> {
            contexts.add(Vertx.currentContext());
            return c.query(WRITE).execute();
        }));

        assertThat(contexts).hasSize(1).doesNotContainNull();
        assertThat(db.query("SELECT v FROM written")).containsExactly("1");
    }

    @Test
    void aVerticleThatIsUndeployedTakesItsCallsWithIt() throws SQLException {
        Promise<Boolean> never = Promise.promise();
        Promise<Boolean> begun = Promise.promise();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        String verticle = deploy(ThreadingModel.EVENT_LOOP, () -> {
            runner.call(
                            VertxScope.transaction(pool),
                            c -> c.query(WRITE).execute().compose(written -> {
                                begun.tryComplete(true);
                                return never.future();
                            }))
                    .onFailure(failures::add);
            return begun.future();
        });

        Clients.await(Clients.VERTX.undeploy(verticle));
        assertThat(failures).singleElement().isInstanceOf(CancellationException.class);

        never.complete(true);
        assertThatThePoolHasItsConnection();
        assertThat(db.query("SELECT v FROM written")).isEmpty();
    }

    @Test
    void aCallThatIsNotWantedAnyMoreIsNotTriedAgain() throws SQLException {
        Promise<Boolean> end = Promise.promise();
        AtomicInteger attempts = new AtomicInteger();
        Future<Boolean> call = runner.until(end.future()).call(VertxScope.transaction(pool), c -> {
            attempts.incrementAndGet();
            return c.query(WRITE).execute().compose(written -> {
                end.complete(true);
                return Future.failedFuture(new Again());
            });
        });

        assertThatThrownBy(() -> Clients.await(call)).isInstanceOf(CancellationException.class);
        assertThatThePoolHasItsConnection();
        assertThat(attempts).hasValue(1);
        assertThat(db.query("SELECT v FROM written")).isEmpty();
    }

    private void assertThatThePoolHasItsConnection() {
        assertThat(Clients.await(runner.call(VertxScope.transaction(pool), VertxRunnerTest::one)))
                .isEqualTo("1");
    }

    private static Future<String> one(SqlConnection connection) {
        return connection
                .query("SELECT 1")
                .execute()
                .map(rows -> Clients.column(rows).get(0));
    }

    @Test
    void anAttemptDoesNotWaitForAConnectionBeyondItsTime() {
        Promise<Boolean> done = Promise.promise();
        Promise<Boolean> begun = Promise.promise();
        Future<Boolean> holder = runner.call(VertxScope.transaction(pool), c -> {
            begun.complete(true);
            return done.future();
        });
        Clients.await(begun.future());
        VertxRunner hurried = runner.with(r -> r.policy(RetryPolicy.builder()
                .maxRetries(0)
                .attemptTimeout(Duration.ofMillis(100))
                .build()));

        // on Vert.x, as the limit is a timer of its context
        Future<String> call =
                Clients.VERTX.timer(1).compose(now -> hurried.call(VertxScope.transaction(pool), VertxRunnerTest::one));
        assertThatThrownBy(() -> Clients.await(call)).isInstanceOf(AttemptTimeoutException.class);

        done.complete(true);
        Clients.await(holder);
        assertThatThePoolHasItsConnection();
    }

    @Test
    void anOperationThatReturnsNoFutureFailsTheCall() {
        assertThatThrownBy(() -> Clients.await(runner.call(VertxScope.transaction(pool), c -> nothing())))
                .isInstanceOf(NullPointerException.class);
        assertThatThePoolHasItsConnection();
    }

    @SuppressWarnings("NullAway") // what the test is about
    private static Future<Boolean> nothing() {
        return null;
    }

    @Test
    void tenThousandRetriesNeedNoDeeperStackThanOne() {
        AtomicInteger attempts = new AtomicInteger();
        List<Integer> depths = new CopyOnWriteArrayList<>();
        VertxRunner stubborn = runner.with(r -> r.policy(RetryPolicy.builder()
                .maxRetries(10_000)
                .initialDelay(Duration.ZERO)
                .maxDelay(Duration.ZERO)
                .build()));

        Clients.await(stubborn.call(VertxScope.autocommit(pool), c -> {
            int attempt = attempts.incrementAndGet();
            if (attempt == 10 || attempt == 10_000) {
                depths.add(StackWalker.getInstance().walk(frames -> (int) frames.count()));
            }
            return attempt <= 10_000 ? Future.failedFuture(new Again()) : one(c);
        }));

        assertThat(depths).hasSize(2);
        assertThat(depths.get(1)).isEqualTo(depths.get(0));
    }
}
