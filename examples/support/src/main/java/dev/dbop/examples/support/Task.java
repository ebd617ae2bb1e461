package dev.dbop.examples.support;

import java.util.concurrent.CompletableFuture;

/** Something to do that may throw anything. */
@FunctionalInterface
public interface Task {
    /**
     * Does it.
     *
     * @throws Exception if it fails
     */
    void run() throws Exception;

    /**
     * Starts a task on a thread of its own, while the caller makes the trouble it runs into.
     *
     * @param task the task
     * @return its end, or its failure
     */
    static CompletableFuture<Void> beside(Task task) {
        return CompletableFuture.runAsync(task::runUnchecked, own -> new Thread(own, "beside").start());
    }

    /** Does it; wraps a checked exception. */
    default void runUnchecked() {
        try {
            run();
        } catch (RuntimeException unchecked) {
            throw unchecked;
        } catch (Exception checked) {
            throw new IllegalStateException(checked);
        }
    }
}
