package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operation sends more than it waits for, or goes on after it has returned. */
abstract class FiredAtOnceTest extends ServerTest {
    FiredAtOnceTest(TestDatabase db) {
        super(db);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void aDeadlockAmongThemLeavesNothingAndAllAreRunAgain(int pipelining) throws SQLException {
        Pool pool = pool(1, pipelining);
        try (TestSession rival = TestSession.open(db)) {
            // Heavier than the attempt, and with more patience, so that the attempt is the victim.
            rival.run(
                    "BEGIN", postgres ? "SET LOCAL deadlock_timeout = '20s'" : "INSERT INTO noted VALUES " + rows(50));
            rival.run("UPDATE acc SET v = v WHERE id = 2");
            AtomicReference<CompletableFuture<?>> ended = new AtomicReference<>();
            Future<?> call = start(settings, VertxScope.transaction(pool), c -> {
                if (runs.get() > 1) {
                    return all(c);
                }
                Promise<Void> rivalWaits = Promise.promise();
                return add(c, 1)
                        .compose(locked -> Clients.sessionId(db, c))
                        .onSuccess(session -> ended.set(CompletableFuture.runAsync(() -> {
                            others.add(rival.start("UPDATE acc SET v = v WHERE id = 1", "ROLLBACK"));
                            try {
                                rival.awaitBlocked();
                                rivalWaits.complete();
                            } catch (SQLException failure) {
                                rivalWaits.fail(failure);
                            }
                        })))
                        .compose(sent -> rivalWaits.future())
                        .compose(waits -> all(c));
            });

            Clients.await(call);
        }
        assertThat(runs).hasValue(2);
        assertThat(noted("before")).containsExactly("2");
        assertThat(noted("after")).containsExactly("2", "2");
        assertThat(db.number("SELECT v FROM acc WHERE id = 2")).isEqualTo(1);
        assertUsable(pool);
    }

    private static String rows(int count) {
        return String.join(", ", Collections.nCopies(count, "('rival', 0)"));
    }

    private Future<Object> all(SqlConnection c) {
        return Future.join(List.of(note(c, "before"), add(c, 2), note(c, "after"), note(c, "after")))
                .mapEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void anErrorAmongThemLeavesNothing(int pipelining) throws SQLException {
        Pool pool = pool(1, pipelining);

        failure(
                settings,
                VertxScope.transaction(pool),
                c -> Future.join(List.of(
                        note(c, "before"),
                        sql(c, "INSERT INTO acc VALUES (1, 0)"),
                        note(c, "after"),
                        note(c, "after"))));

        assertThat(runs).hasValue(1);
        assertThat(db.number("SELECT count(*) FROM noted")).isZero();
        assertUsable(pool);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void whatIsInFlightWhenTheOperationReturnsIsCommittedWithIt(int pipelining) throws SQLException {
        Pool pool = pool(1, pipelining);

        call(settings, VertxScope.transaction(pool), c -> {
            note(c, "a");
            note(c, "b");
            return Future.succeededFuture();
        });

        assertThat(noted("a")).containsExactly("1");
        assertThat(noted("b")).containsExactly("1");
        assertUsable(pool);
    }

    /** It would run behind the COMMIT and be durable by itself, whatever becomes of the transaction. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void whatIsSentOnceTheOperationHasReturnedIsRefused(int pipelining) throws SQLException {
        Pool pool = pool(1, pipelining);
        Promise<Object> late = Promise.promise();

        call(settings, VertxScope.transaction(pool), c -> {
            note(c, "a").compose(done -> note(c, "late")).onComplete((done, failure) -> late.complete(failure));
            return Future.succeededFuture();
        });

        assertThat(Clients.await(late.future())).asString().contains("has ended");
        assertThat(noted("a")).containsExactly("1");
        assertThat(noted("late")).isEmpty();
        assertUsable(pool);
    }

    /** The step inside goes on when the connection is somebody else's. */
    @Test
    void aStepThatNobodyWaitedForDoesNothingToTheNextBorrower() throws SQLException {
        Pool pool = pool(1, 8);
        Promise<Void> goOn = Promise.promise();
        Promise<Object> step = Promise.promise();

        call(settings, VertxScope.transaction(pool), c -> {
            Future<?> inner = VertxRunner.of(Clients.VERTX, settings)
                    .call(
                            VertxScope.savepoint(c),
                            inside -> note(inside, "step").compose(done -> goOn.future()));
            inner.onComplete((done, failure) -> step.complete(failure));
            return note(c, "a");
        });
        call(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "b").compose(done -> {
                    goOn.fail("the step is undone now");
                    return step.future().compose(failure -> note(c, "c"));
                }));

        assertThat(Clients.await(step.future())).isNotNull();
        assertThat(noted("a")).hasSize(1);
        assertThat(noted("b")).hasSize(1);
        assertThat(noted("c")).hasSize(1);
        assertUsable(pool);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void anAutocommitWriteWhoseAnswerWasLostIsNotRepeatedWhicheverFailureComesFirst(int pipelining)
            throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = kept(Clients.pool(db, proxy, 1, Clients.pipelining(pipelining)));
        PlannedFault cut = proxy.cutAfterForwarding(FaultProxy.containing("'first'"));

        Throwable failure = failure(settings, VertxScope.autocommit(pool), c -> {
            note(c, "first");
            return note(c, "second");
        });

        assertThat(cut.hasHappened()).isTrue();
        assertThat(failure).isInstanceOf(dev.dbop.OutcomeUnknownException.class);
        assertThat(runs).hasValue(1);
    }

    @Test
    void aFailureThatWasSwallowedIsThrownWhereItLostTheTransaction() throws SQLException {
        Pool pool = pool(1, 8);
        Throwable failure = null;
        try {
            call(
                    settings,
                    VertxScope.transaction(pool),
                    c -> note(c, "a")
                            .compose(done ->
                                    sql(c, "INSERT INTO acc VALUES (1, 0)").otherwiseEmpty())
                            .compose(done -> note(c, "b").otherwiseEmpty()));
        } catch (RuntimeException thrown) {
            failure = thrown;
        }

        if (postgres) {
            assertThat(failure).isNotNull().hasMessageContaining("23505");
            assertThat(db.number("SELECT count(*) FROM noted")).isZero();
        } else {
            // Only the statement was undone.
            assertThat(failure).isNull();
            assertThat(db.number("SELECT count(*) FROM noted")).isEqualTo(2);
        }
        assertThat(runs).hasValue(1);
        assertUsable(pool);
    }

    /** A statement that waits for a lock does not keep the failed attempt longer than the grace. */
    @Test
    void whatStillRunsWhenTheOperationFailsIsNotWaitedForWithoutEnd() throws SQLException {
        Pool pool = pool(1, 8);
        DbopRunner once = settings;
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acc SET v = v WHERE id = 1");
            long start = System.nanoTime();
            Throwable failure = failure(
                    once,
                    VertxScope.transaction(pool),
                    c -> note(c, "a").compose(done -> {
                        add(c, 1);
                        return Future.failedFuture(new IllegalArgumentException("a rule"));
                    }));

            assertThat(failure).isInstanceOf(IllegalArgumentException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            holder.run("COMMIT");
        }
        assertThat(db.number("SELECT count(*) FROM noted")).isZero();
        assertThat(db.number("SELECT v FROM acc WHERE id = 1")).isZero();
        assertUsable(pool);
    }
}
