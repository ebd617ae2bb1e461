package dev.dbop;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One asynchronous database operation, started once per attempt, from the beginning each time.
 *
 * @param <R> the resource the scope hands out
 * @param <T> the result
 */
@FunctionalInterface
public interface AsyncOperation<R, T extends @Nullable Object> {
    /**
     * Starts the operation without blocking. A throw is treated like a stage that fails.
     *
     * @param resource what the attempt runs on; valid until the stage completes
     * @return completes with the result of the call, if the attempt then commits
     */
    CompletionStage<? extends T> run(R resource);
}
