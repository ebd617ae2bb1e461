package dev.dbop;

/** The source of jitter. Injected so that a test can repeat its delays. */
@FunctionalInterface
public interface RandomSource {
    /**
     * Returns the next random number. May be called by many threads at once.
     *
     * @return at least 0, below 1
     */
    double nextDouble();

    /**
     * Returns the random source of the calling thread.
     *
     * @return a shared instance
     */
    static RandomSource system() {
        return SystemTime.INSTANCE;
    }
}
