package dev.dbop;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A point in elapsed time by which work has to be over, or none. Immutable. */
public final class Deadline {
    private static final Deadline NONE = new Deadline(null, 0);

    private final @Nullable Ticker ticker;
    private final long nanoTime;

    private Deadline(@Nullable Ticker ticker, long nanoTime) {
        this.ticker = ticker;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the deadline that never comes.
     *
     * @return a shared instance
     */
    public static Deadline none() {
        return NONE;
    }

    /**
     * Returns the deadline that comes when the duration has passed.
     *
     * @param duration from now; zero or negative for a deadline that has passed
     * @param ticker tells the time, now and later
     * @return the deadline
     */
    public static Deadline after(Duration duration, Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        // A quarter of the range keeps every later difference from overflowing.
        long nanos = Math.min(Durations.nanos(duration), Long.MAX_VALUE / 4);
        return new Deadline(ticker, ticker.nanoTime() + nanos);
    }

    /**
     * Tells whether this is {@link #none()}.
     *
     * @return true if the deadline never comes
     */
    public boolean isNone() {
        return ticker == null;
    }

    /**
     * Returns the time left.
     *
     * @return zero when the deadline has passed; about 292 years when there is none
     */
    public Duration remaining() {
        if (ticker == null) {
            return Durations.LONGEST;
        }
        return Duration.ofNanos(Math.max(0, nanoTime - ticker.nanoTime()));
    }

    /**
     * Tells whether the deadline has passed.
     *
     * @return false when there is none
     */
    public boolean hasPassed() {
        return ticker != null && ticker.nanoTime() - nanoTime >= 0;
    }

    /**
     * Returns the one of two deadlines that comes first.
     *
     * @param other the other one
     * @return this or the other
     */
    public Deadline earlier(Deadline other) {
        if (other.ticker == null || this == other) {
            return this;
        }
        if (ticker == null) {
            return other;
        }
        return remaining().compareTo(other.remaining()) <= 0 ? this : other;
    }

    @Override
    public String toString() {
        return ticker == null ? "none" : "in " + remaining();
    }
}
