package dev.dbop;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket shared by many calls: every retry takes a token, every call that succeeds puts a part of one back. A
 * sick database then sees fewer retries instead of more, and a healthy one never runs the bucket dry.
 *
 * <p>Thread-safe, lock-free. Share one instance among all calls to one database.
 */
public final class RetryBudget {
    private static final long SCALE = 1000;

    private final long capacity;
    private final long refill;
    private final AtomicLong tokens;

    private RetryBudget(long capacity, long refill) {
        this.capacity = capacity;
        this.refill = refill;
        this.tokens = new AtomicLong(capacity);
    }

    /**
     * Returns a full bucket.
     *
     * @param capacity the most retries that can be made in one burst; 1 to 1,000,000,000
     * @param tokensPerSuccess what a successful call puts back: 0.1 lets one retry come on ten successes; 0.001 to 1000
     * @return the budget
     * @throws IllegalArgumentException if a value is outside its bounds
     */
    public static RetryBudget of(int capacity, double tokensPerSuccess) {
        if (capacity < 1 || capacity > 1_000_000_000) {
            throw new IllegalArgumentException("capacity is " + capacity + ": must be from 1 to 1000000000 retries");
        }
        if (!(tokensPerSuccess >= 0.001 && tokensPerSuccess <= 1000)) {
            throw new IllegalArgumentException(
                    "tokensPerSuccess is " + tokensPerSuccess + ": must be from 0.001 to 1000");
        }
        return new RetryBudget(capacity * SCALE, Math.round(tokensPerSuccess * SCALE));
    }

    /**
     * Returns how many retries the bucket holds now.
     *
     * @return from 0 to the capacity, fractions included
     */
    public double available() {
        return (double) tokens.get() / SCALE;
    }

    /**
     * Returns how many retries a full bucket holds.
     *
     * @return the capacity it was made with
     */
    public int capacity() {
        return (int) (capacity / SCALE);
    }

    boolean tryTake() {
        long now = tokens.get();
        while (now >= SCALE) {
            if (tokens.compareAndSet(now, now - SCALE)) {
                return true;
            }
            now = tokens.get();
        }
        return false;
    }

    void refill() {
        long now = tokens.get();
        // A full bucket, the normal case, costs one read.
        while (now < capacity && !tokens.compareAndSet(now, Math.min(capacity, now + refill))) {
            now = tokens.get();
        }
    }

    @Override
    public String toString() {
        return "RetryBudget[" + available() + " of " + capacity / SCALE + "]";
    }
}
