package dev.dbop;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The asynchronous {@link AttemptScope}: the same contract, with stages instead of blocking.
 *
 * @param <R> the resource handed to the operation
 */
public non-sealed interface AsyncAttemptScope<R> extends Scope {
    /**
     * Starts to take what the attempt runs on, without blocking.
     *
     * @param context the attempt to open
     * @return completes with the open attempt, or fails having given back everything it took
     */
    CompletionStage<? extends AsyncAttempt<R>> open(AttemptContext context);

    /**
     * Runs a blocking scope asynchronously: every step of every attempt on the given executor.
     *
     * @param <R> the resource
     * @param scope the blocking scope
     * @param executor runs the blocking steps, each for as long as the database takes; a virtual-thread executor fits
     * @return the asynchronous view of the scope
     */
    static <R> AsyncAttemptScope<R> blocking(AttemptScope<R, ?> scope, Executor executor) {
        return new BlockingAsyncScope<>(scope, executor);
    }
}
