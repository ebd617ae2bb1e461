package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Scope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An attempt whose time is up stops on the server too, and nothing of the stopping reaches what comes after it. */
abstract class StopRules<R, S extends Scope> extends ConnectionLossRules<R, S> {

    private static final Duration SOON = Duration.ofMillis(300);

    /** Where a busy machine must get as far as the test wants it to before the time is up, or to the end of a second try. */
    private static final Duration IN_A_WHILE = Duration.ofSeconds(2);

    /** Long enough for a busy machine, short beside what a statement takes that nobody stops. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    StopRules(TestDatabase database) {
        super(database);
    }

    private DbopRunner within(Duration limit, int maxRetries) {
        RetryPolicy policy =
                policy(maxRetries).toBuilder().attemptTimeout(limit).build();
        return runner.policy(policy);
    }

    /** Fails unless a call is stopped at its time limit, without being waited for. */
    private void assertStopped(DbopRunner limited, S scope, Body<R, ?> operation) throws SQLException {
        long start = System.nanoTime();
        assertThat(failureOf(limited, scope, operation)).isInstanceOf(AttemptTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        Poll.until(AT_ONCE, this::nothingRuns, () -> "the server still works for an attempt that was stopped");
    }

    /** A source that is not to connect within the time of an attempt. */
    private ScopeSource<S> warm() throws Exception {
        ScopeSource<S> source = source(1);
        state(source);
        return source;
    }

    private boolean nothingRuns() throws SQLException {
        return database.sessions().stream()
                .noneMatch(session -> session.state() == ServerSession.State.ACTIVE
                        || session.state() == ServerSession.State.BLOCKED);
    }

    @Test
    void stopsAStatementOnTheServer() throws Exception {
        needs(ScopeFeature.CANCEL);
        assertStopped(within(SOON, 0), source(1).transaction(), r -> {
            note(r, "undone");
            return ask(r, provocation.slow());
        });

        assertThat(notes()).isEmpty();
    }

    @Test
    void stopsAStatementOfAnAutocommitAttemptOnTheServer() throws Exception {
        needs(ScopeFeature.CANCEL);
        S autocommit = supported(source(1).autocommit(), "autocommit scope");

        assertStopped(within(SOON, 0), autocommit, r -> ask(r, provocation.slow()));
    }

    @Test
    void stopsAWriteThatWaitsForALock() throws Exception {
        needs(ScopeFeature.CANCEL);
        needsRowLocks();
        ScopeSource<S> source = source(1);
        TestSession holder = provocation.holderOf(3);

        assertStopped(within(SOON, 0), source.transaction(), r -> {
            raise(r, 3);
            return true;
        });

        holder.run("commit");
        assertThat(counter(3)).isZero();
    }

    @Test
    void letsNoStatementRunOnceTheTimeIsUp() throws Exception {
        needs(ScopeFeature.CANCEL);
        long start = System.nanoTime();
        assertStopped(within(SOON, 0), source(1).transaction(), r -> {
            note(r, "undone");
            while (System.nanoTime() - start < AT_ONCE.toNanos()) {
                ask(r, "select v from counter");
            }
            return true;
        });

        assertThat(notes()).isEmpty();
    }

    @Test
    void leavesTheSessionAsItWasWhenTheAttemptWasStopped() throws Exception {
        needs(ScopeFeature.CANCEL);
        ScopeSource<S> source = source(1);
        List<String> before = state(source);
        DbopRunner limited = withEverySetting()
                .policy(policy(0).toBuilder().attemptTimeout(SOON).build());

        assertStopped(limited, source.transaction(), r -> ask(r, provocation.slow()));

        assertThat(state(source)).isEqualTo(before);
    }

    @Test
    void runsAStoppedAttemptAgain() throws Exception {
        needs(ScopeFeature.CANCEL);
        AtomicInteger attempts = new AtomicInteger();
        call(within(IN_A_WHILE, 1), warm().transaction(), r -> {
            note(r, "done");
            if (attempts.incrementAndGet() == 1) {
                ask(r, provocation.slow());
            }
            return true;
        });

        assertThat(attempts).hasValue(2);
        assertThat(notes()).containsExactly("done");
    }

    @Test
    void letsNothingLateHitTheNextCallOnTheConnection() throws Exception {
        needs(ScopeFeature.CANCEL);
        ScopeSource<S> source = source(1);
        for (int round = 0; round < 12; round++) {
            // some end just before their time is up, some just after
            DbopRunner limited = within(Duration.ofMillis(15 + round), 0);
            failureOf(limited, source.transaction(), r -> {
                for (int i = 0; i < 20; i++) {
                    ask(r, "select v from counter");
                }
                return true;
            });
            assertThat(failureOf(runner.policy(policy(0)), source.transaction(), r -> {
                        for (int i = 0; i < 5; i++) {
                            raise(r, 1);
                        }
                        return true;
                    }))
                    .isNull();
        }

        assertThat(counter(1)).isEqualTo(60);
    }

    @Test
    void stopsAStepWhenTheTimeOfTheOuterAttemptIsUp() throws Exception {
        needs(ScopeFeature.CANCEL);
        AtomicInteger steps = new AtomicInteger();
        assertStopped(within(IN_A_WHILE, 0), warm().transaction(), r -> {
            note(r, "outer");
            return call(runner, stepOf(r), s -> {
                steps.incrementAndGet();
                return ask(s, provocation.slow());
            });
        });

        assertThat(steps).hasValue(1);
        assertThat(notes()).isEmpty();
    }
}
