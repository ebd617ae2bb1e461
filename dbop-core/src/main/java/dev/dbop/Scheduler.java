package dev.dbop;

import java.time.Duration;

/** Runs a task later: the back-off of the asynchronous engine and the attempt's time limit of both. */
@FunctionalInterface
public interface Scheduler {
    /**
     * Schedules a short, non-blocking task.
     *
     * @param task run once, on any thread
     * @param delay from now; zero or positive
     * @return cancels the task if it has not begun
     */
    Cancellable schedule(Runnable task, Duration delay);

    /** A task that was scheduled. */
    @FunctionalInterface
    interface Cancellable {
        /** Keeps the task from running if it has not begun; does nothing otherwise. */
        void cancel();
    }

    /**
     * Returns the scheduler of this process: one daemon thread, started when first used.
     *
     * @return a shared instance
     */
    static Scheduler system() {
        return SystemTime.INSTANCE;
    }
}
