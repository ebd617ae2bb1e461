package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Scope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work that is lost is never reported as done, and the limits of an outer attempt hold for every step in it. */
abstract class LostWorkRules<R, S extends Scope> extends SavepointRules<R, S> {

    LostWorkRules(TestDatabase database) {
        super(database);
    }

    /** An operation's mistake: it goes on as if nothing had happened. */
    private void swallow(R resource) {
        assertThat(catchThrowable(() -> provocation.doom(sql(resource)))).isNotNull();
    }

    /** Whether it fails or not, nothing may come of it. */
    private static void carelessly(Step step) {
        if (catchThrowable(step::run) instanceof Error error) {
            throw error;
        }
    }

    @Test
    void failsWhenTheOperationSwallowedTheLossOfItsTransaction() throws Exception {
        Throwable failure = failureOf(runner.policy(policy(0)), source(1).transaction(), r -> {
            note(r, "lost");
            swallow(r);
            return true;
        });

        assertThat(failure).isNotNull();
        assertThat(notes()).isEmpty();
    }

    @Test
    void neverCommitsThePartThatFollowsASwallowedLoss() throws Exception {
        Throwable failure = failureOf(runner.policy(policy(0)), source(1).transaction(), r -> {
            note(r, "before");
            swallow(r);
            carelessly(() -> note(r, "after"));
            return true;
        });

        assertThat(failure).isNotNull();
        assertThat(notes()).isEmpty();
    }

    @Test
    void runsAgainWhatSwallowedARetryableLoss() throws Exception {
        needsRowLocks();
        AtomicInteger attempts = new AtomicInteger();
        Throwable failure = failureOf(runner, source(1).transaction(), r -> {
            note(r, "done");
            if (attempts.incrementAndGet() == 1) {
                assertThat(catchThrowable(() -> provocation.deadlock(sql(r)))).isNotNull();
            }
            return true;
        });

        // a scope that cannot tell what was swallowed may fail instead
        assertThat(notes()).isEqualTo(failure == null ? List.of("done") : List.of());
    }

    @Test
    void failsAStepThatSwallowedALossAndKeepsTheOuterWorkOnlyIfItIsThere() throws Exception {
        Throwable failure = failureOf(runner.policy(policy(0)), source(1).transaction(), r -> {
            note(r, "outer");
            DbopRunner once = runner.policy(policy(0));
            assertThat(failureOf(once, stepOf(r), s -> {
                        note(s, "step");
                        swallow(s);
                        return true;
                    }))
                    .isNotNull();
            return true;
        });

        if (provocation.dropsSavepoints()) {
            assertThat(failure).isNotNull();
            assertThat(notes()).isEmpty();
        } else {
            assertThat(failure).isNull();
            assertThat(notes()).containsExactly("outer");
        }
    }

    @Test
    void limitsAStepWithoutChangingTheLimitsAroundIt() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        DbopRunner limited = withTimeouts(runner);
        call(limited, source(1).transaction(), r -> {
            List<String> around = stateOf(r);

            assertThat(lockTimeoutInside(r, Duration.ofSeconds(2), true)).isEqualTo(2000);
            assertThat(stateOf(r)).isEqualTo(around);

            assertThat(lockTimeoutInside(r, Duration.ofSeconds(2), false)).isEqualTo(2000);
            assertThat(stateOf(r)).isEqualTo(around);
            return true;
        });
    }

    @Test
    void neverLengthensTheLimitsAroundAStep() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        call(withTimeouts(runner), source(1).transaction(), r -> {
            assertThat(lockTimeoutInside(r, Duration.ofHours(1), true)).isEqualTo(7000);
            return call(runner.lockTimeout(Duration.ofSeconds(3)), stepOf(r), s -> {
                assertThat(lockTimeoutInside(s, Duration.ofHours(1), true)).isEqualTo(3000);
                assertThat(lockTimeoutInside(s, Duration.ofSeconds(1), false)).isEqualTo(1000);
                return assertThat(millis(s, provocation.lockTimeout())).isEqualTo(3000);
            });
        });
    }

    @Test
    void neverLengthensTheStatementTimeoutAroundAStep() throws Exception {
        needs(ScopeFeature.STATEMENT_TIMEOUT);
        String query = supported(provocation.statementTimeout(), "statement timeout on the server");
        call(withTimeouts(runner), source(1).transaction(), r -> {
            DbopRunner longer = runner.statementTimeout(Duration.ofHours(1));
            assertThat(asked(longer, stepOf(r), query)).isEqualTo(8000);
            DbopRunner shorter = runner.statementTimeout(Duration.ofSeconds(2));
            assertThat(asked(shorter, stepOf(r), query)).isEqualTo(2000);
            return assertThat(millis(r, query)).isEqualTo(8000);
        });
    }

    private long lockTimeoutInside(R resource, Duration wanted, boolean succeeds) throws Exception {
        long[] inside = {0};
        Throwable failure = failureOf(runner.lockTimeout(wanted), stepOf(resource), s -> {
            inside[0] = millis(s, provocation.lockTimeout());
            if (!succeeds) {
                throw new Refused();
            }
            return true;
        });
        assertThat(failure == null).isEqualTo(succeeds);
        return inside[0];
    }
}
