package dev.dbop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The ways to run a call, so that a behaviour is stated once and holds for all of them. */
enum Engine {
    /** {@link DbopRunner#call}. */
    BLOCKING {
        @Override
        <T extends @Nullable Object> T run(
                DbopRunner runner,
                VirtualTime time,
                RecordingScope scope,
                PreAttemptHook<Integer, Exception> hook,
                Operation<Integer, T, Exception> op)
                throws Exception {
            return runner.<Integer, T, Exception>call(scope.blocking(), hook, op);
        }
    },

    /** {@link DbopRunner#callAsync} on stages that are complete already. */
    ASYNC_AT_ONCE {
        @Override
        <T extends @Nullable Object> T run(
                DbopRunner runner,
                VirtualTime time,
                RecordingScope scope,
                PreAttemptHook<Integer, Exception> hook,
                Operation<Integer, T, Exception> op)
                throws Exception {
            return runAsync(runner, time, scope.async(), RecordingScope.Stages.AT_ONCE, hook, op);
        }
    },

    /** {@link DbopRunner#callAsync} on stages that complete later. */
    ASYNC_LATER {
        @Override
        <T extends @Nullable Object> T run(
                DbopRunner runner,
                VirtualTime time,
                RecordingScope scope,
                PreAttemptHook<Integer, Exception> hook,
                Operation<Integer, T, Exception> op)
                throws Exception {
            RecordingScope.Stages later = new Later(time);
            return runAsync(runner, time, scope.async(later), later, hook, op);
        }
    },

    /** {@link DbopRunner#callAsync} on a blocking scope. */
    ASYNC_OVER_BLOCKING {
        @Override
        <T extends @Nullable Object> T run(
                DbopRunner runner,
                VirtualTime time,
                RecordingScope scope,
                PreAttemptHook<Integer, Exception> hook,
                Operation<Integer, T, Exception> op)
                throws Exception {
            AsyncAttemptScope<Integer> view = AsyncAttemptScope.blocking(scope.blocking(), Runnable::run);
            return runAsync(runner, time, view, RecordingScope.Stages.AT_ONCE, hook, op);
        }
    };

    /** Runs a call to its end. */
    abstract <T extends @Nullable Object> T run(
            DbopRunner runner,
            VirtualTime time,
            RecordingScope scope,
            PreAttemptHook<Integer, Exception> hook,
            Operation<Integer, T, Exception> op)
            throws Exception;

    private static <T extends @Nullable Object> T runAsync(
            DbopRunner runner,
            VirtualTime time,
            AsyncAttemptScope<Integer> scope,
            RecordingScope.Stages stages,
            PreAttemptHook<Integer, Exception> hook,
            Operation<Integer, T, Exception> op)
            throws Exception {
        CompletableFuture<T> future = runner.callAsync(
                scope,
                (attempt, context) -> stages.run(() -> {
                    hook.beforeAttempt(attempt, context);
                    return attempt;
                }),
                attempt -> stages.run(() -> op.run(attempt)));
        time.passUntilDone(future);
        return outcome(future);
    }

    /** What a finished future holds, thrown as a blocking call throws it. */
    static <T extends @Nullable Object> T outcome(CompletableFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException wrapper) {
            Throwable failure = wrapper.getCause();
            if (failure instanceof CompletionException) {
                throw new AssertionError("the failure of a call must not be wrapped", failure);
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }

    private record Later(VirtualTime time) implements RecordingScope.Stages {
        @Override
        public <T extends @Nullable Object> CompletionStage<T> run(RecordingScope.Throwing<T> step) {
            CompletableFuture<T> future = new CompletableFuture<>();
            time.schedule(() -> RecordingScope.Stages.complete(future, step), Duration.ZERO);
            return future;
        }
    }
}
