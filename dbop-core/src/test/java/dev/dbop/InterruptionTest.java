package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An interrupted caller gets the last failure of the database, its flag, and no further attempt. */
class InterruptionTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final List<RunEvent> events = new ArrayList<>();
    private final DbopRunner runner = EveryEngine.runner(time, events);

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
        assertThat(Thread.interrupted()).as("interrupt flag left behind").isFalse();
    }

    @Test
    void anInterruptDuringTheBackoffEndsTheCall() {
        DbFailure first = new DbFailure("first", Verdict.RETRY_SAVEPOINT);
        DbFailure second = new DbFailure("second", Verdict.RETRY_SAVEPOINT);

        Throwable thrown = catchThrowable(() -> runner.call(scope.blocking(), attempt -> {
            if (attempt == 2) {
                time.interruptNextSleep();
            }
            throw attempt == 1 ? first : second;
        }));

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(thrown).isSameAs(second);
        assertThat(Arrays.asList(second.getSuppressed())).contains(first);
        assertThat(scope.opened()).isEqualTo(2);
        assertReason(GiveUpReason.INTERRUPTED);
    }

    @Test
    void anInterruptBeforeARetryEndsTheCall() {
        DbFailure failure = DbFailure.of(Verdict.RETRY_CONNECTION);

        Throwable thrown = catchThrowable(() -> runner.call(scope.blocking(), attempt -> {
            Thread.currentThread().interrupt();
            throw failure;
        }));

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(thrown).isSameAs(failure);
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(time.sleeps()).isEmpty();
        assertReason(GiveUpReason.INTERRUPTED);
    }

    @Test
    void anInterruptBeforeAnImmediateRetryEndsTheCall() {
        DbopRunner immediate = runner.policy(
                RetryPolicy.builder().initialDelay(java.time.Duration.ZERO).build());
        DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);

        Throwable thrown = catchThrowable(() -> immediate.call(scope.blocking(), attempt -> {
            Thread.currentThread().interrupt();
            throw failure;
        }));

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(thrown).isSameAs(failure);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void anInterruptedRollbackEndsTheCall() {
        scope.onRollback((cause, phase, verdict) -> {
            Thread.currentThread().interrupt();
            return verdict;
        });
        DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);

        assertThat(catchThrowable(() -> runner.call(scope.blocking(), EveryEngine.failing(failure))))
                .isSameAs(failure);
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertReason(GiveUpReason.INTERRUPTED);
    }

    @Test
    void anInterruptDoesNotUndoASuccess() throws Exception {
        String result = runner.call(scope.blocking(), attempt -> {
            Thread.currentThread().interrupt();
            return "done";
        });

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(result).isEqualTo("done");
        assertThat(scope.journal()).endsWith("commit 1");
    }

    @Test
    void aFailureThatIsFinalAnywayKeepsItsReason() {
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);

        assertThat(catchThrowable(() -> runner.call(scope.blocking(), attempt -> {
                    Thread.currentThread().interrupt();
                    throw failure;
                })))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertReason(GiveUpReason.NOT_RETRYABLE);
    }

    @Test
    void anEnclosingCallDoesNotRetryWhatWasInterruptedInside() {
        RecordingScope inner = new RecordingScope(time).reach(Reach.SAVEPOINT);
        DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);

        Throwable thrown = catchThrowable(() -> runner.call(
                scope.blocking(),
                attempt -> runner.call(inner.blocking(), step -> {
                    time.interruptNextSleep();
                    throw failure;
                })));

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertThat(thrown).isSameAs(failure);
        assertThat(scope.opened()).isEqualTo(1);
    }

    private void assertReason(GiveUpReason reason) {
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.GaveUp.class,
                        event -> assertThat(event.reason()).isEqualTo(reason));
    }
}
