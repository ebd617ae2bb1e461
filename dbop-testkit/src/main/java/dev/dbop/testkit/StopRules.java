package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Scheduler;
import dev.dbop.Scope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An attempt whose time is up stops on the server too, and nothing of the stopping reaches what comes after it. */
abstract class StopRules<R, S extends Scope> extends ConnectionLossRules<R, S> {

    private static final Duration SOON = Duration.ofMillis(300);

    /** Where attempts must get as far as the test wants them to, or to their end, and it says when their time is up. */
    private static final Duration ON_DEMAND = Duration.ofSeconds(40);

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

    private DbopRunner within(LeapingClock clock, int maxRetries) {
        return within(ON_DEMAND, maxRetries).ticker(clock).scheduler(clock);
    }

    /** Fails unless a call is stopped at its time limit, without being waited for. */
    private void assertStopped(DbopRunner limited, S scope, Body<R, ?> operation) throws SQLException {
        long start = System.nanoTime();
        assertThat(failureOf(limited, scope, operation)).isInstanceOf(AttemptTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        Poll.until(AT_ONCE, this::nothingRuns, () -> "the server still works for an attempt that was stopped");
    }

    /** Asks for what takes minutes; the time of the attempt is up once the server is at it. */
    private List<String> askUntilTimeIsUp(LeapingClock clock, R resource) throws Exception {
        if (provocation.sessionId() == null) {
            // nobody can be asked; should it be too soon, the statement is not begun
            Scheduler.system().schedule(clock::leap, SOON);
        } else {
            provocation.beside(() -> {
                Poll.until(AT_ONCE, this::runsSlowly, () -> "the slow statement did not begin");
                clock.leap();
            });
        }
        return ask(resource, provocation.slow());
    }

    private boolean runsSlowly() throws SQLException {
        return database.sessions().stream().anyMatch(provocation::isSlow);
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
        LeapingClock clock = new LeapingClock(ON_DEMAND);
        AtomicInteger attempts = new AtomicInteger();
        call(within(clock, 1), source(1).transaction(), r -> {
            note(r, "done");
            if (attempts.incrementAndGet() == 1) {
                askUntilTimeIsUp(clock, r);
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
        LeapingClock clock = new LeapingClock(ON_DEMAND);
        AtomicInteger steps = new AtomicInteger();
        assertStopped(within(clock, 0), source(1).transaction(), r -> {
            note(r, "outer");
            return call(runner, stepOf(r), s -> {
                steps.incrementAndGet();
                return askUntilTimeIsUp(clock, s);
            });
        });

        assertThat(steps).hasValue(1);
        assertThat(notes()).isEmpty();
    }
}
