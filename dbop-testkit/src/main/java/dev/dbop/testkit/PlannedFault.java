package dev.dbop.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Handles a trouble that a {@link FaultProxy} has been told to make, and happens at most once.
 *
 * <p>Thread-safe.
 */
public final class PlannedFault {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** What is done with the matching message. */
    enum Kind {
        WATCH,
        CUT_BEFORE,
        CUT_AFTER,
        ORPHAN,
        HOLD_BACK,
        HOLD_ANSWER
    }

    private final Kind kind;
    private final Predicate<byte[]> message;
    private final CountDownLatch happened = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean begun;

    PlannedFault(Kind kind, Predicate<byte[]> message) {
        this.kind = kind;
        this.message = message;
    }

    /**
     * Waits until it has happened.
     *
     * @throws AssertionError if it has not within 20 seconds, or the thread is interrupted (the flag is set again)
     */
    public void await() {
        try {
            if (!happened.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the proxy has seen no message to " + kind + " within " + LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a message to " + kind, e);
        }
    }

    /**
     * Tells whether it has happened.
     *
     * @return whether it has
     */
    public boolean hasHappened() {
        return begun || happened.getCount() == 0;
    }

    /** Lets go of what is held back; what is not yet held will not be. */
    public void release() {
        released.countDown();
    }

    Kind kind() {
        return kind;
    }

    boolean matches(byte[] bytes) {
        return message.test(bytes);
    }

    /** The client may hear of a cut before it is complete, and ask. */
    void begin() {
        begun = true;
    }

    void happen() {
        happened.countDown();
    }

    /** Runs in a thread of the proxy, which nobody interrupts; closing the proxy releases all. */
    void holdUntilReleased() {
        happen();
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
