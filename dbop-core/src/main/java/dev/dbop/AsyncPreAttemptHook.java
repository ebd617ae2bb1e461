package dev.dbop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The asynchronous {@link PreAttemptHook}.
 *
 * @param <R> the resource the scope hands out
 */
@FunctionalInterface
public interface AsyncPreAttemptHook<R> {
    /**
     * Starts to prepare the resource for one attempt, without blocking.
     *
     * @param resource what the attempt runs on
     * @param context the attempt: its number, time left and timeouts
     * @return completes when the operation may start; a failure is classified in {@link Phase#HOOK}
     */
    CompletionStage<?> beforeAttempt(R resource, AttemptContext context);

    /**
     * Returns the hook that does nothing.
     *
     * @param <R> the resource
     * @return a hook whose stage is complete
     */
    static <R> AsyncPreAttemptHook<R> none() {
        return (resource, context) -> CompletableFuture.completedStage(null);
    }
}
