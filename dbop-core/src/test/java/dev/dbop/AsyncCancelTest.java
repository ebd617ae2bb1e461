package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cancelling the future of a call stops the running attempt, which is undone, and all further ones. */
class AsyncCancelTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final List<RunEvent> events = new ArrayList<>();
    private final DbopRunner runner = EveryEngine.runner(time, events);
    private final Held held = new Held();

    @AfterEach
    void everyAttemptEndedAndNothingIsScheduled() {
        scope.assertNothingLeftOpen();
        EventOrder.assertKept(events);
        assertThat(scope.journal()).noneMatch(entry -> entry.endsWith("too late"));
        assertThat(time.pending()).isZero();
    }

    @Test
    void duringTheBackoffThereIsNoFurtherAttempt() {
        CompletableFuture<String> call = runner.callAsync(
                scope.async(), attempt -> CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_SAVEPOINT)));
        assertThat(time.pending()).isEqualTo(1);

        assertThat(call.cancel(false)).isTrue();

        assertThat(call).isCancelled();
        assertThat(time.pending()).isZero();
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void duringTheBackoffThereIsNoFurtherAttemptAlthoughTheTimerCannotBeStopped() {
        Scheduler stubborn = (task, delay) -> {
            assertThat(time.schedule(task, delay)).isNotNull();
            return () -> {};
        };
        CompletableFuture<String> call = runner.scheduler(stubborn)
                .callAsync(
                        scope.async(),
                        attempt -> CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_SAVEPOINT)));

        assertThat(call.cancel(false)).isTrue();
        time.pass(EveryEngine.millis(1000));

        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void theRunningOperationIsStoppedAndUndone() {
        CompletableFuture<String> operation = new CompletableFuture<>();
        scope.onCancel(() -> operation.completeExceptionally(DbFailure.of(Verdict.GIVE_UP)));
        CompletableFuture<String> call = runner.callAsync(scope.async(), attempt -> operation);
        assertThat(scope.journal()).containsExactly("open 1");

        assertThat(call.cancel(true)).isTrue();

        assertThat(scope.journal()).containsExactly("open 1", "cancel 1", "rollback 1 OPERATION GIVE_UP");
        assertEndedByTheCaller();
    }

    @Test
    void theRunningOperationIsStoppedThoughTheSchedulerIsClosed() {
        Scheduler closed = (task, delay) -> {
            throw new RejectedExecutionException("closed");
        };
        CompletableFuture<String> operation = new CompletableFuture<>();
        scope.onCancel(() -> operation.completeExceptionally(DbFailure.of(Verdict.GIVE_UP)));
        CompletableFuture<String> call = runner.scheduler(closed).callAsync(scope.async(), attempt -> operation);

        assertThat(call.cancel(true)).isTrue();

        assertThat(scope.journal()).containsExactly("open 1", "cancel 1", "rollback 1 OPERATION GIVE_UP");
        assertEndedByTheCaller();
    }

    @Test
    void theRunningOperationIsStoppedAgainAndAgainUntilItEnds() {
        CompletableFuture<String> operation = new CompletableFuture<>();
        CompletableFuture<String> call = runner.callAsync(scope.async(), attempt -> operation);

        assertThat(call.cancel(true)).isTrue();
        time.pass(EveryEngine.millis(250));
        assertThat(scope.journal()).containsExactly("open 1", "cancel 1", "cancel 1", "cancel 1");

        operation.completeExceptionally(DbFailure.of(Verdict.GIVE_UP));
        time.pass(EveryEngine.millis(1000));

        assertThat(scope.journal()).hasSize(5).last().isEqualTo("rollback 1 OPERATION GIVE_UP");
        assertEndedByTheCaller();
    }

    @Test
    void aFailureThatWouldBeRetriedIsNot() {
        CompletableFuture<String> operation = new CompletableFuture<>();
        CompletableFuture<String> call = runner.callAsync(scope.async(), attempt -> operation);

        assertThat(call.cancel(true)).isTrue();
        operation.completeExceptionally(DbFailure.of(Verdict.RETRY_SAVEPOINT));

        assertThat(scope.journal()).containsExactly("open 1", "cancel 1", "rollback 1 OPERATION RETRY_SAVEPOINT");
        assertEndedByTheCaller();
    }

    @Test
    void anOperationThatSucceedsAllTheSameIsUndone() {
        CompletableFuture<String> operation = new CompletableFuture<>();
        CompletableFuture<String> call = runner.callAsync(scope.async(), attempt -> operation);

        assertThat(call.cancel(true)).isTrue();
        operation.complete("done");

        assertThat(scope.journal()).containsExactly("open 1", "cancel 1", "rollback 1 OPERATION GIVE_UP");
        assertEndedByTheCaller();
    }

    @Test
    void whileTheAttemptIsOpeningNothingIsStarted() {
        CompletableFuture<String> call = runner.callAsync(scope.async(held), this::unexpected);
        assertThat(call.cancel(true)).isTrue();

        held.release();
        held.release();

        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPEN GIVE_UP");
        assertEndedByTheCaller();
    }

    @Test
    void whileTheHookIsRunningTheOperationIsNotStarted() {
        CompletableFuture<String> hook = new CompletableFuture<>();
        CompletableFuture<String> call = runner.callAsync(scope.async(), (attempt, context) -> hook, this::unexpected);
        assertThat(call.cancel(true)).isTrue();

        hook.complete("ready");

        assertThat(scope.journal()).containsExactly("open 1", "cancel 1", "rollback 1 HOOK GIVE_UP");
        assertEndedByTheCaller();
    }

    @Test
    void aCommitThatIsDoneStaysDone() {
        CompletableFuture<String> call = committing();
        assertThat(call.cancel(true)).isTrue();

        held.release();

        assertThat(scope.journal()).containsExactly("open 1", "check 1", "cancel 1", "commit 1");
        assertThat(events).last().isInstanceOf(RunEvent.Succeeded.class);
    }

    @Test
    void aCommitThatFailsIsNotRepeated() {
        CompletableFuture<String> call = committing();
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.RETRY_TRANSACTION);
        });
        assertThat(call.cancel(true)).isTrue();

        held.release();
        held.release();

        assertThat(scope.journal())
                .containsExactly("open 1", "check 1", "cancel 1", "commit 1", "rollback 1 COMMIT RETRY_TRANSACTION");
        assertEndedByTheCaller();
    }

    @Test
    void aRollbackIsNotDisturbed() {
        CompletableFuture<String> call = runner.callAsync(
                scope.async(held), attempt -> CompletableFuture.failedFuture(DbFailure.of(Verdict.GIVE_UP)));
        held.release();
        assertThat(held.waiting()).isTrue();

        assertThat(call.cancel(true)).isTrue();
        held.release();

        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPERATION GIVE_UP");
    }

    @Test
    void aCallThatIsDoneIsLeftAlone() {
        CompletableFuture<String> call =
                runner.callAsync(scope.async(), attempt -> CompletableFuture.completedFuture("done"));

        assertThat(call.cancel(true)).isFalse();

        assertThat(call).isCompletedWithValue("done");
        assertThat(scope.journal()).containsExactly("open 1", "check 1", "commit 1");
    }

    @Test
    void cancellingADependentStageStopsNothing() {
        CompletableFuture<String> operation = new CompletableFuture<>();
        CompletableFuture<String> call = runner.callAsync(scope.async(), attempt -> operation);
        CompletableFuture<Integer> dependent = call.thenApply(String::length);

        assertThat(dependent.cancel(true)).isTrue();
        operation.complete("done");

        assertThat(call).isCompletedWithValue("done");
    }

    /** A call whose commit has been asked for and waits. */
    private CompletableFuture<String> committing() {
        CompletableFuture<String> call =
                runner.callAsync(scope.async(held), attempt -> CompletableFuture.completedFuture("done"));
        held.release();
        assertThat(held.waiting()).isTrue();
        return call;
    }

    private CompletionStage<String> unexpected(Integer attempt) {
        throw new AssertionError("the operation must not start");
    }

    private void assertEndedByTheCaller() {
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.GaveUp.class,
                        event -> assertThat(event.reason()).isEqualTo(GiveUpReason.INTERRUPTED));
    }

    /** Steps that run only when the test says so. */
    private static final class Held implements RecordingScope.Stages {
        private @Nullable Runnable step;

        @Override
        public <T extends @Nullable Object> CompletionStage<T> run(RecordingScope.Throwing<T> work) {
            CompletableFuture<T> future = new CompletableFuture<>();
            step = () -> RecordingScope.Stages.complete(future, work);
            return future;
        }

        boolean waiting() {
            return step != null;
        }

        void release() {
            Runnable now = step;
            assertThat(now).as("a step that waits").isNotNull();
            step = null;
            if (now != null) {
                now.run();
            }
        }
    }
}
