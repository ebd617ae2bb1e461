package dev.dbop;

import java.time.Duration;

/** Waits out a back-off in the blocking engine. Injected so that tests need not wait. */
@FunctionalInterface
public interface Sleeper {
    /**
     * Blocks the calling thread for the duration.
     *
     * @param duration how long; positive
     * @throws InterruptedException if the thread is interrupted before or while it waits
     */
    void sleep(Duration duration) throws InterruptedException;

    /**
     * Returns the sleeper that really sleeps; on a virtual thread it frees the carrier.
     *
     * @return a shared instance
     */
    static Sleeper system() {
        return SystemTime.INSTANCE;
    }
}
