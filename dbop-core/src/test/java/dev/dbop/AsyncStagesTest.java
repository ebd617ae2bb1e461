package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a stage does (complete at once, later, elsewhere, not exist), the call ends and nothing stays open. */
class AsyncStagesTest {
    private static final RetryPolicy IMMEDIATE = RetryPolicy.builder()
            .initialDelay(Duration.ZERO)
            .maxRetries(Integer.MAX_VALUE)
            .build();

    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final List<RunEvent> events = new ArrayList<>();
    private final DbopRunner runner = EveryEngine.runner(time, events);

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
    }

    @Test
    void whatIsThrownInsteadOfAStageIsNotUnwrapped() {
        CompletionException own = new CompletionException("the operation's own", new IllegalStateException("cause"));

        Throwable failure = runner.<Integer, String>callAsync(scope.async(), attempt -> {
                    throw own;
                })
                .handle((value, thrown) -> thrown)
                .join();

        assertThat(failure).isSameAs(own);
    }

    @Test
    void throwingInsteadOfReturningAStageIsAFailureOfThatStage() throws Exception {
        DbFailure lost = DbFailure.of(Verdict.RETRY_CONNECTION);
        DbopRunner lenient = runner.classifier((failure, phase) -> Verdict.RETRY_CONNECTION);
        AsyncAttemptScope<Integer> throwing = new AlteredScope(scope.async()) {
            @Override
            public CompletionStage<? extends AsyncAttempt<Integer>> open(AttemptContext context) {
                if (context.number() == 1) {
                    throw new IllegalArgumentException("open throws");
                }
                return super.open(context);
            }

            @Override
            CompletionStage<?> commit(AsyncAttempt<Integer> attempt) {
                if (attempt.resource() == 4) {
                    throw new IllegalArgumentException("commit throws");
                }
                return super.commit(attempt);
            }
        };

        CompletableFuture<String> call = lenient.callAsync(
                throwing,
                (attempt, context) -> {
                    if (attempt == 2) {
                        throw new IllegalArgumentException("hook throws");
                    }
                    return CompletableFuture.completedStage("ready");
                },
                attempt -> {
                    if (attempt == 3) {
                        throw new IllegalArgumentException(lost);
                    }
                    return CompletableFuture.completedStage("done");
                });
        time.passUntilDone(call);

        assertThat(call).isCompletedWithValue("done");
        assertThat(events)
                .filteredOn(RunEvent.AttemptFailed.class::isInstance)
                .extracting(event -> ((RunEvent.AttemptFailed) event).phase())
                .containsExactly(Phase.OPEN, Phase.HOOK, Phase.OPERATION, Phase.COMMIT);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void returningNullInsteadOfAStageIsAFailureOfThatStage(Phase phase) {
        CompletableFuture<String> call = runner.callAsync(
                new AlteredScope(scope.async()) {
                    @Override
                    public CompletionStage<? extends AsyncAttempt<Integer>> open(AttemptContext context) {
                        return phase == Phase.OPEN ? noStage() : super.open(context);
                    }

                    @Override
                    CompletionStage<?> commit(AsyncAttempt<Integer> attempt) {
                        return phase == Phase.COMMIT ? noStage() : super.commit(attempt);
                    }
                },
                (attempt, context) -> phase == Phase.HOOK ? noStage() : CompletableFuture.completedStage("ready"),
                attempt -> phase == Phase.OPERATION ? noStage() : CompletableFuture.completedStage("done"));

        Throwable thrown = catchThrowable(() -> Engine.outcome(call));
        assertThat(thrown instanceof OutcomeUnknownException ? thrown.getCause() : thrown)
                .isInstanceOf(NullPointerException.class)
                .hasMessage("null returned in phase " + phase + ": must be a CompletionStage");
        assertThat(thrown instanceof OutcomeUnknownException).isEqualTo(phase == Phase.COMMIT);
        assertThat(scope.opened()).isEqualTo(phase == Phase.OPEN ? 0 : 1);
    }

    @Test
    void nothingIsCommittedBeforeTheCheckIsThrough() {
        CompletableFuture<String> check = new CompletableFuture<>();
        CompletableFuture<String> call =
                runner.callAsync(checkedBy(check), attempt -> CompletableFuture.completedFuture("done"));
        assertThat(scope.journal()).containsExactly("open 1");

        check.complete("may be committed");

        assertThat(scope.journal()).containsExactly("open 1", "commit 1");
        assertThat(call).isCompletedWithValue("done");
    }

    @Test
    void aFailedCheckIsAFailureOfTheOperation() {
        DbFailure lost = DbFailure.of(Verdict.GIVE_UP);
        CompletableFuture<String> call = runner.callAsync(
                checkedBy(CompletableFuture.failedFuture(lost)), attempt -> CompletableFuture.completedFuture("done"));

        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPERATION GIVE_UP");
        assertThat(catchThrowable(() -> Engine.outcome(call))).isSameAs(lost);
    }

    private AsyncAttemptScope<Integer> checkedBy(CompletionStage<?> check) {
        return new AlteredScope(scope.async()) {
            @Override
            CompletionStage<?> beforeCommit(AsyncAttempt<Integer> attempt) {
                return check;
            }
        };
    }

    @Test
    void aRollbackWithoutStageOrVerdictIsBroken() {
        for (boolean stage : new boolean[] {false, true}) {
            DbFailure failure = DbFailure.of(Verdict.GIVE_UP);
            CompletableFuture<String> call = runner.callAsync(
                    new AlteredScope(scope.async()) {
                        @Override
                        CompletionStage<Verdict> rollback(
                                AsyncAttempt<Integer> attempt, Throwable cause, Phase phase, Verdict verdict) {
                            assertThat(super.rollback(attempt, cause, phase, verdict))
                                    .isCompleted();
                            return stage
                                    ? CompletableFuture.completedStage(Null.of(Verdict.class))
                                    : AsyncStagesTest.<Verdict>noStage();
                        }
                    },
                    attempt -> CompletableFuture.failedFuture(failure));

            assertThat(catchThrowable(() -> Engine.outcome(call))).isSameAs(failure);
            assertThat(failure.getSuppressed()).singleElement().isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void aBlockingRollbackWithoutVerdictIsBroken() {
        scope.onRollback((cause, phase, verdict) -> Null.of(Verdict.class));
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);

        assertThat(catchThrowable(() -> runner.call(scope.blocking(), EveryEngine.failing(failure))))
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(NullPointerException.class);
    }

    @Test
    void failuresAreTakenOutOfTheirWrappers() {
        DbFailure completed = DbFailure.of(Verdict.GIVE_UP);
        DbFailure executed = DbFailure.of(Verdict.GIVE_UP);
        ExecutionException empty = new ExecutionException("no cause", null);

        assertThat(failureOf(new CompletionException(completed))).isSameAs(completed);
        assertThat(failureOf(new ExecutionException(executed))).isSameAs(executed);
        assertThat(failureOf(empty)).isSameAs(empty);
    }

    @Test
    void anErrorOfAStageFailsTheFutureAfterTheRollback() {
        Error error = new AssertionError("broken");

        assertThat(failureOf(error)).isSameAs(error);
        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPERATION GIVE_UP");
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.GaveUp.class, end -> assertThat(end.reason()).isEqualTo(GiveUpReason.ERROR));
    }

    @Test
    void tenThousandImmediateRetriesNeedNoDeeperStackThanOne() throws Exception {
        List<Integer> depths = new ArrayList<>();
        CompletableFuture<String> call = runner.policy(IMMEDIATE).listeners().callAsync(scope.async(), attempt -> {
            depths.add(depth());
            return attempt <= 10_000
                    ? CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_CONNECTION))
                    : CompletableFuture.completedFuture("done");
        });

        assertThat(call).isCompletedWithValue("done");
        assertThat(depths).hasSize(10_001);
        assertThat(Set.copyOf(depths.subList(1, depths.size()))).hasSize(1);
    }

    @Test
    void tenThousandImmediateRetriesOfABlockingCallNeedNoDeeperStackThanOne() throws Exception {
        List<Integer> depths = new ArrayList<>();
        runner.policy(IMMEDIATE).listeners().call(scope.blocking(), attempt -> {
            depths.add(depth());
            if (attempt <= 10_000) {
                throw DbFailure.of(Verdict.RETRY_CONNECTION);
            }
            return "done";
        });

        assertThat(depths).hasSize(10_001);
        assertThat(Set.copyOf(depths)).hasSize(1);
    }

    @Test
    void stepsFollowOneAnotherWhicheverThreadsCompleteTheStages() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 300; round++) {
                RecordingScope fresh = new RecordingScope(time);
                AtomicInteger running = new AtomicInteger();
                RecordingScope.Stages elsewhere = new Elsewhere(threads, running);
                CompletableFuture<String> call = runner.policy(IMMEDIATE)
                        .listeners()
                        .callAsync(
                                fresh.async(elsewhere),
                                attempt -> elsewhere.run(() -> {
                                    fresh.write("run " + attempt);
                                    if (attempt < 3) {
                                        throw DbFailure.of(Verdict.RETRY_CONNECTION);
                                    }
                                    return "done";
                                }));

                assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("done");
                assertThat(fresh.journal())
                        .containsExactly(
                                "open 1",
                                "run 1",
                                "rollback 1 OPERATION RETRY_CONNECTION",
                                "open 2",
                                "run 2",
                                "rollback 2 OPERATION RETRY_CONNECTION",
                                "open 3",
                                "run 3",
                                "check 3",
                                "commit 3");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void callsInsideCallsComposeAsFutures() {
        RecordingScope inner = new RecordingScope(time).reach(Reach.SAVEPOINT);
        AtomicInteger steps = new AtomicInteger();

        CompletableFuture<String> call = runner.callAsync(
                scope.async(),
                attempt -> runner.callAsync(inner.async(), step -> switch (steps.incrementAndGet()) {
                    case 1 -> CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_SAVEPOINT));
                    case 2 -> CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_TRANSACTION));
                    default -> CompletableFuture.completedFuture("done");
                }));
        time.passUntilDone(call);

        assertThat(call).isCompletedWithValue("done");
        assertThat(inner.opened()).isEqualTo(3);
        assertThat(scope.opened()).isEqualTo(2);
        inner.assertNothingLeftOpen();
    }

    @Test
    void anOperationThatHangsIsStoppedAtItsTimeAndRetried() {
        List<CompletableFuture<String>> hanging = new ArrayList<>();
        scope.onCancel(() -> hanging.get(0).completeExceptionally(DbFailure.of(Verdict.GIVE_UP)));
        DbopRunner timed = runner.policy(RetryPolicy.builder()
                .jitter(0)
                .attemptTimeout(Duration.ofSeconds(1))
                .build());

        CompletableFuture<String> call = timed.callAsync(scope.async(), attempt -> {
            hanging.add(new CompletableFuture<>());
            return attempt == 1 ? hanging.get(0) : CompletableFuture.completedFuture("done");
        });
        time.passUntilDone(call);

        assertThat(call).isCompletedWithValue("done");
        assertThat(scope.journal())
                .containsExactly(
                        "open 1", "cancel 1", "rollback 1 OPERATION RETRY_SAVEPOINT", "open 2", "check 2", "commit 2");
        assertThat(scope.openedAt()).containsExactly(Duration.ZERO, Duration.ofMillis(1100));
        assertThat(time.pending()).isZero();
    }

    @Test
    void aSchedulerThatRefusesTheRetryEndsTheCallWithItsFailure() {
        DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);

        CompletableFuture<String> call = runner.scheduler(this::refuse)
                .callAsync(scope.async(), attempt -> CompletableFuture.failedFuture(failure));

        assertThat(catchThrowable(() -> Engine.outcome(call))).isSameAs(failure);
        assertThat(failure.getSuppressed()).anyMatch(RejectedExecutionException.class::isInstance);
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.GaveUp.class,
                        event -> assertThat(event.reason()).isEqualTo(GiveUpReason.INTERRUPTED));
    }

    @Test
    void aSchedulerThatRefusesTheTimeLimitLeavesNoAttemptOpen() {
        DbopRunner timed = runner.scheduler(this::refuse)
                .policy(RetryPolicy.builder()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .build());

        CompletableFuture<String> call =
                timed.callAsync(scope.async(), attempt -> CompletableFuture.completedFuture("done"));

        assertThat(catchThrowable(() -> Engine.outcome(call))).isInstanceOf(RejectedExecutionException.class);
        assertThat(catchThrowable(() -> timed.call(scope.blocking(), attempt -> "done")))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void aClockThatBreaksBetweenAttemptsDoesNotLeaveTheCallerWaiting() {
        RuntimeException broken = new IllegalStateException("no time");
        Ticker ticker = () -> {
            if (!time.elapsed().isZero()) {
                throw broken;
            }
            return time.nanoTime();
        };
        RetryPolicy limited = RetryPolicy.builder()
                .attemptTimeout(Duration.ofSeconds(9))
                .jitter(0)
                .build();

        CompletableFuture<String> call = runner.policy(limited)
                .ticker(ticker)
                .callAsync(
                        scope.async(),
                        attempt -> CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_SAVEPOINT)));
        time.passUntilDone(call);

        assertThat(catchThrowable(() -> Engine.outcome(call))).isSameAs(broken);
        EventOrder.assertKept(events);
    }

    private Throwable failureOf(Throwable ofTheStage) {
        CompletableFuture<String> call =
                runner.callAsync(scope.async(), attempt -> CompletableFuture.failedFuture(ofTheStage));
        return catchThrowable(() -> Engine.outcome(call));
    }

    private Scheduler.Cancellable refuse(Runnable task, Duration delay) {
        throw new RejectedExecutionException("shut down");
    }

    private static int depth() {
        return StackWalker.getInstance().walk(frames -> (int) frames.count());
    }

    private static <T> CompletionStage<T> noStage() {
        @SuppressWarnings("unchecked")
        CompletionStage<T> none = Null.of(CompletionStage.class);
        return none;
    }

    /** Steps on other threads, which fail if two run at once. */
    private record Elsewhere(ExecutorService threads, AtomicInteger running) implements RecordingScope.Stages {
        @Override
        public <T extends @Nullable Object> CompletionStage<T> run(RecordingScope.Throwing<T> step) {
            CompletableFuture<T> future = new CompletableFuture<>();
            threads.execute(() -> RecordingScope.Stages.complete(future, () -> {
                if (running.incrementAndGet() != 1) {
                    throw new AssertionError("two steps at once");
                }
                try {
                    return step.run();
                } finally {
                    running.decrementAndGet();
                }
            }));
            return future;
        }
    }
}
