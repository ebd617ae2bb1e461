package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.RunEvent;
import dev.dbop.sql.Database;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowMissingException;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchedRow;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for a change of a row without blocking. */
abstract class VertxRowWatchTest {
    final TestDatabase db;
    final Semaphore looks = new Semaphore(0);
    private final Semaphore failures = new Semaphore(0);
    Pool pool;

    VertxRowWatchTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        pool = Clients.pool(db, null, 1);
        db.execute(
                "DROP TABLE IF EXISTS job",
                "CREATE TABLE job (id INT PRIMARY KEY, state VARCHAR(20), result VARCHAR(20), tries INT)",
                "INSERT INTO job VALUES (1, 'new', NULL, 0), (2, 'new', NULL, 0)");
    }

    @AfterEach
    void closePool() {
        Clients.close(pool);
    }

    VertxRowWatch watch() {
        return watch(pool).every(Duration.ofMillis(20)).within(Duration.ofSeconds(30));
    }

    VertxRowWatch watch(Pool of) {
        return VertxRowWatch.on(Clients.VERTX, of, TableName.of("job"))
                .where("id", 1)
                .runner(DbopRunner.create().listeners(event -> {
                    if (event instanceof RunEvent.Succeeded) {
                        looks.release();
                    } else if (event instanceof RunEvent.AttemptFailed) {
                        failures.release();
                    }
                }));
    }

    void awaitLooks(int count) {
        looks.drainPermits();
        assertThat(acquired(count)).as("looks").isTrue();
    }

    private boolean acquired(int count) {
        try {
            return looks.tryAcquire(count, 20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(40, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new CompletionException(failed.getCause());
        } catch (CancellationException cancelled) {
            throw new CompletionException(cancelled);
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    @Test
    void onlyTheChangeOfAChosenColumnEndsTheWait() throws SQLException {
        Future<WatchedRow> changed = watch().columns("state", "result").awaitChange();
        awaitLooks(2);
        db.execute("UPDATE job SET tries = 1 WHERE id = 1", "UPDATE job SET state = 'other' WHERE id = 2");
        awaitLooks(2);
        assertThat(changed.isComplete()).isFalse();
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");

        assertThat(get(changed).values()).containsOnlyKeys("state", "result").containsEntry("state", "done");
    }

    @Test
    void aChangeSinceTheCallerLookedIsNotMissed() throws SQLException {
        WatchedRow seen = get(watch().snapshot());
        db.execute("UPDATE job SET result = 'x' WHERE id = 1");

        assertThat(get(watch().awaitChangeFrom(seen)).differingFrom(seen)).containsExactly("result");
    }

    @Test
    void aConditionMayHoldAtOnceOrLater() throws SQLException {
        assertThat(get(watch().await(row -> "new".equals(row.get("state")))).get("tries"))
                .isEqualTo(0);
        Future<WatchedRow> done = watch().await(row -> "done".equals(row.get("state")));
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");
        assertThat(get(done).get("state")).isEqualTo("done");
        IllegalStateException own = new IllegalStateException("the condition's own");
        Future<WatchedRow> broken = watch().await(row -> {
            throw own;
        });
        assertThatThrownBy(() -> get(broken)).hasCause(own);
    }

    @Test
    void whatIsNotCommittedIsNotSeen() throws SQLException {
        for (String level : new String[] {"READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE"}) {
            createRowAnew();
            Pool set = Clients.pool(db, null, 1);
            try (Connection writer = db.connect();
                    Statement statement = writer.createStatement()) {
                String characteristics = db.database() == Database.POSTGRESQL
                        ? "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "
                        : "SET SESSION TRANSACTION ISOLATION LEVEL ";
                get(set.query(characteristics + level).execute());
                writer.setAutoCommit(false);
                Future<WatchedRow> changed =
                        watch(set).every(Duration.ofMillis(20)).awaitChange();
                awaitLooks(2);
                statement.execute("UPDATE job SET state = 'dirty' WHERE id = 1");
                awaitLooks(2);
                assertThat(changed.isComplete()).as(level).isFalse();
                writer.rollback();
                statement.execute("UPDATE job SET state = 'done' WHERE id = 1");
                awaitLooks(2);
                assertThat(changed.isComplete()).as(level).isFalse();
                writer.commit();
                assertThat(get(changed).get("state")).as(level).isEqualTo("done");
            } finally {
                Clients.close(set);
            }
        }
    }

    private void createRowAnew() throws SQLException {
        db.execute("UPDATE job SET state = 'new' WHERE id = 1");
    }

    @Test
    void missingAndDeletedRowsAreErrors() throws SQLException {
        VertxRowWatch missing =
                VertxRowWatch.on(Clients.VERTX, pool, TableName.of("job")).where("id", 99);
        assertThatThrownBy(() -> get(missing.snapshot())).hasCauseInstanceOf(RowMissingException.class);
        assertThatThrownBy(() -> get(missing.awaitChange())).hasCauseInstanceOf(RowMissingException.class);
        Future<WatchedRow> changed = watch().awaitChange();
        awaitLooks(2);
        db.execute("DELETE FROM job WHERE id = 1");
        assertThatThrownBy(() -> get(changed)).hasCauseInstanceOf(RowDeletedException.class);
    }

    @Test
    void aWaitEndsWhenItsTimeIsUp() {
        assertThatThrownBy(() -> get(watch().within(Duration.ofMillis(90)).awaitChange()))
                .cause()
                .isInstanceOf(RowWatchTimeoutException.class)
                .hasMessageStartingWith("row of table job with id=1 did not change within PT0.09S");
    }

    @Test
    void whatIsCommittedBeforeTheTimeIsUpIsSeen() throws SQLException {
        get(watch().snapshot());
        try (Connection writer = db.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE job SET state = 'late' WHERE id = 1");
            looks.drainPermits();
            Future<WatchedRow> changed = watch().every(Duration.ofSeconds(3))
                    .within(Duration.ofSeconds(3))
                    .awaitChange();
            assertThat(acquired(1)).as("the first look").isTrue();
            writer.commit();
            assertThat(get(changed).get("state")).isEqualTo("late");
        }
    }

    @Test
    void aFailureThatDoesNotPassEndsTheWatch() {
        assertThatThrownBy(() -> get(watch().columns("nope").awaitChange()))
                .cause()
                .hasMessageContaining("nope");
        VertxRowWatch several =
                VertxRowWatch.on(Clients.VERTX, pool, TableName.of("job")).where("state", "new");
        assertThatThrownBy(() -> get(several.awaitChange()))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("there are several rows like the row of table job with state=new");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        VertxRowWatch keyless = VertxRowWatch.on(Clients.VERTX, pool, TableName.of("job"));
        assertThatThrownBy(() -> get(keyless.awaitChange())).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> get(watch().within(Duration.ofMillis(1)).awaitChange()))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> keyless.every(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKilledSessionDoesNotEndTheWatch() throws SQLException {
        Future<WatchedRow> changed = watch().awaitChange();
        awaitLooks(2);
        for (ServerSession session : db.sessions()) {
            db.kill(session.id());
        }
        awaitLooks(2);
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");
        assertThat(get(changed).get("state")).isEqualTo("done");
    }

    @Test
    void aServerThatIsAwayForAWhileDoesNotEndTheWatch() throws Exception {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            Pool away = Clients.pool(db, proxy, 1);
            Future<WatchedRow> changed =
                    watch(away).every(Duration.ofMillis(20)).awaitChange();
            awaitLooks(2);
            proxy.refuseNewConnections();
            proxy.cutAll();
            db.execute("UPDATE job SET state = 'unseen' WHERE id = 1");
            // Once one has failed, what was answered before has been told.
            assertThat(failures.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            looks.drainPermits();
            assertThat(looks.tryAcquire(400, TimeUnit.MILLISECONDS)).isFalse();
            proxy.heal();
            assertThat(get(changed).get("state")).isEqualTo("unseen");
            Clients.close(away);
        }
    }

    @Test
    void theWaitRunsOnItsCallersContextAndEndsWithIt() throws Exception {
        AtomicReference<@Nullable Future<WatchedRow>> begun = new AtomicReference<>();
        AtomicReference<@Nullable Context> home = new AtomicReference<>();
        AtomicReference<@Nullable Context> asked = new AtomicReference<>();
        String id = get(Clients.VERTX.deployVerticle(new VerticleBase() {
            @Override
            public Future<?> start() {
                home.set(Vertx.currentContext());
                begun.set(watch().await(row -> {
                    asked.set(Vertx.currentContext());
                    return false;
                }));
                return Future.succeededFuture();
            }
        }));
        awaitLooks(3);
        assertThat(asked.get()).isSameAs(home.get());
        get(Clients.VERTX.undeploy(id));
        Future<WatchedRow> wait = Objects.requireNonNull(begun.get());
        await().atMost(Duration.ofSeconds(30)).until(wait::isComplete);
        assertThat(wait.cause()).isInstanceOf(CancellationException.class).hasMessageContaining("undeployed");
        looks.drainPermits();
        assertThat(looks.tryAcquire(2, 200, TimeUnit.MILLISECONDS))
                .as("further looks")
                .isFalse();
    }

    @Test
    void whateverAConditionThrowsEndsTheWait() {
        AssertionError thrown = new AssertionError("no");

        assertThatThrownBy(() -> watch().await(row -> {
                            throw thrown;
                        })
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .hasCause(thrown);
    }

    @Test
    void theWaitEndsWhenItsUntilDoes() throws Exception {
        Promise<String> request = Promise.promise();
        Future<WatchedRow> changed = watch().until(request.future()).awaitChange();
        awaitLooks(2);
        request.complete("gone");
        assertThatThrownBy(() -> get(changed)).hasCauseInstanceOf(CancellationException.class);
        looks.drainPermits();
        assertThat(looks.tryAcquire(2, 200, TimeUnit.MILLISECONDS))
                .as("further looks")
                .isFalse();
        assertThatThrownBy(() -> get(watch().until(request.future()).awaitChange()))
                .hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void manyWaitsShareASmallPool() throws SQLException {
        WatchedRow seen = get(watch().snapshot());
        List<Future<WatchedRow>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(watch().every(Duration.ofMillis(100)).awaitChangeFrom(seen));
        }
        awaitLooks(100);
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");
        for (Future<WatchedRow> each : all) {
            assertThat(get(each).get("state")).isEqualTo("done");
        }
    }

    @Test
    void notificationsAreRefusedWhereThereAreNone() {
        if (db.database() != Database.POSTGRESQL) {
            PgSubscriber subscriber = VertxRowWatch.subscriber(Clients.VERTX, new PgConnectOptions());
            assertThatThrownBy(() -> get(watch().notifiedBy(subscriber, "jobs").awaitChange()))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("notifiedBy is set, and the database is "
                            + db.database().productName()
                            + ": only PostgreSQL sends notifications; leave notifiedBy out to poll");
        }
    }
}
