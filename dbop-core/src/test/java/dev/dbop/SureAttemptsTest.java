package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Waits are cut short only in attempts that are sure to be followed by another. */
class SureAttemptsTest extends EveryEngine {
    private static final Duration FULL = Duration.ofSeconds(30);

    private final DbopRunner growing = runner.initialLockTimeout(millis(8)).lockTimeout(FULL);

    @Test
    void theWaitGrowsAndTheLastAttemptsWaitInFull() {
        assertThat(waits(growing, Reach.CONNECTION))
                .isEqualTo(waits(growing, Reach.TRANSACTION))
                .containsExactly(millis(8), millis(16), millis(32), millis(64), FULL, FULL);
    }

    @Test
    void anAttemptThatUndoesOnlyAPartWaitsInFull() {
        assertThat(waits(growing, Reach.SAVEPOINT)).hasSize(6).containsOnly(FULL);
    }

    @Test
    void anAttemptThatDoesNotSayWhatItUndoesWaitsInFull() {
        List<@Nullable Duration> waits = new ArrayList<>();

        failureOf(growing, attempt -> {
            waits.add(scope.contexts().get(attempt - 1).timeouts().lock());
            throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
        });

        assertThat(waits).hasSize(6).containsOnly(FULL);
    }

    @Test
    void theOnlyAttemptWaitsInFull() {
        assertThat(waits(limited(RetryPolicy.builder().maxRetries(0)), Reach.CONNECTION))
                .containsExactly(FULL);
    }

    @Test
    void retriesWithoutEndAreCountedWithoutOverflow() throws Exception {
        DbopRunner endless = limited(RetryPolicy.builder().maxRetries(Integer.MAX_VALUE));

        this.<String>call(endless, attempt -> "done");

        assertThat(scope.contexts().get(0).timeouts(Reach.CONNECTION).lock()).isEqualTo(millis(8));
    }

    @Test
    void halfOfABudgetIsLeftToFailuresThatNobodyHasAskedFor() {
        RetryBudget budget = RetryBudget.of(4, 1);
        DbopRunner budgeted = limited(RetryPolicy.builder().budget(budget).maxRetries(9));

        assertThat(waits(budgeted, Reach.CONNECTION)).containsExactly(millis(8), millis(16), FULL, FULL, FULL);
        assertThat(budget.available()).isZero();
        assertThat(waits(budgeted, Reach.CONNECTION)).as("with an empty budget").containsExactly(FULL);
    }

    @Test
    void aBackoffThatBreaksIsNotCountedOnAndBreaksNothing() throws Exception {
        DbopRunner limited = growing.policy(RetryPolicy.builder()
                .maxDuration(Duration.ofMinutes(1))
                .backoff(step -> {
                    throw new IllegalStateException("broken");
                })
                .build());

        String result = call(limited, attempt -> "done");

        assertThat(result).isEqualTo("done");
        assertThat(scope.contexts().get(0).timeouts(Reach.CONNECTION).lock()).isEqualTo(FULL);
    }

    @Test
    void aBudgetOfOneRetryIsNotCountedOn() {
        assertThat(waits(limited(RetryPolicy.builder().budget(RetryBudget.of(1, 1))), Reach.CONNECTION))
                .containsExactly(FULL, FULL);
    }

    @Test
    void anAttemptWaitsUntilTheDeadlineIfTheDelayBeforeAnotherMayTakeHalfOfTheTimeLeft() {
        DbopRunner limited = limited(
                RetryPolicy.builder().jitter(0).initialDelay(millis(100)).maxDuration(millis(501)));

        // Begun with 501, 401 and 201 ms left; the delays are 100, 200 and 400 ms.
        assertThat(waits(limited, Reach.CONNECTION)).containsExactly(millis(8), millis(16), millis(201));
    }

    @Test
    void theDelayIsTakenToBeAsLongAsItCanBe() {
        RetryPolicy.Builder policy = RetryPolicy.builder().jitter(0.5).initialDelay(millis(100));

        assertThat(waits(limited(policy.maxDuration(millis(299))), Reach.CONNECTION))
                .startsWith(millis(299));
        assertThat(waits(limited(policy.maxDuration(millis(301))), Reach.CONNECTION))
                .startsWith(millis(8));
    }

    @Test
    void aRuleThatIsTheSameForAllAttemptsAsksNoBackoff() throws Exception {
        Backoff unasked = step -> {
            throw new AssertionError("asked");
        };
        DbopRunner fixed = runner.policy(RetryPolicy.builder()
                        .backoff(unasked)
                        .maxDuration(millis(500))
                        .build())
                .lockTimeout(millis(100));

        this.<String>call(fixed, attempt -> "done");

        assertThat(scope.contexts().get(0).timeouts(Reach.CONNECTION).lock()).isEqualTo(millis(100));
    }

    private DbopRunner limited(RetryPolicy.Builder policy) {
        return growing.policy(policy.build());
    }

    /** The lock timeouts of the attempts of a call that always fails, as a scope of the reach would set them. */
    private List<@Nullable Duration> waits(DbopRunner with, Reach reach) {
        RecordingScope own = new RecordingScope(time);
        List<@Nullable Duration> waits = new ArrayList<>();
        Throwable failure = catchThrowable(() -> this.<String>call(with, own, attempt -> {
            waits.add(own.contexts().get(attempt - 1).timeouts(reach).lock());
            throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
        }));
        assertThat(failure).isInstanceOf(DbFailure.class);
        own.assertNothingLeftOpen();
        return waits;
    }
}
