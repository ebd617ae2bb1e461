package dev.dbop;

/** The source of elapsed time. Injected so that tests can turn the clock themselves. */
@FunctionalInterface
public interface Ticker {
    /**
     * Returns nanoseconds since an arbitrary origin, never going back; only differences mean anything.
     *
     * @return the reading
     */
    long nanoTime();

    /**
     * Returns the ticker of the Java virtual machine, {@link System#nanoTime()}.
     *
     * @return a shared instance
     */
    static Ticker system() {
        return SystemTime.INSTANCE;
    }
}
