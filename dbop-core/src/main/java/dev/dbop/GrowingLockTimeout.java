package dev.dbop;

import java.time.Duration;
import java.util.Objects;

/**
 * The rule that cuts waits for locks short, less with every attempt, and the last ones not at all.
 *
 * @param initial the lock timeout of the first attempt
 * @param factor it grows by, from attempt to attempt
 * @param inFull how many of the last attempts are left as they are
 * @param full the timeouts without this rule
 */
record GrowingLockTimeout(Duration initial, double factor, int inFull, TimeoutRule full) implements TimeoutRule {
    static final Duration INITIAL = Duration.ofMillis(8);
    static final double FACTOR = 2;
    static final int IN_FULL = 2;
    static final TimeoutRule MEASURED = new GrowingLockTimeout(INITIAL, TimeoutRule.fixed(Timeouts.none()));

    GrowingLockTimeout {
        Durations.positive("initial lock timeout", initial);
        if (!(factor >= 1 && factor <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "factor is " + factor + ": must be 1 or more; 2 doubles the wait with each attempt");
        }
        if (inFull < 1) {
            throw new IllegalArgumentException("inFull is " + inFull
                    + ": must be 1 or more, so that no wait cut short costs the operation; 2 leaves the last"
                    + " two attempts");
        }
        Objects.requireNonNull(full, "full");
    }

    GrowingLockTimeout(Duration initial, TimeoutRule full) {
        this(initial, FACTOR, IN_FULL, full);
    }

    @Override
    public Timeouts forAttempt(int attempt, int attempts) {
        Timeouts whole = full.forAttempt(attempt, attempts);
        // Not attempts - inFull, which overflows.
        if (attempts - attempt < inFull) {
            return whole;
        }
        double nanos = Durations.nanos(initial) * Math.pow(factor, attempt - 1.0);
        long longest = whole.lock() == null ? Long.MAX_VALUE : Durations.nanos(whole.lock());
        return nanos >= longest ? whole : whole.withLock(Duration.ofNanos((long) nanos));
    }

    GrowingLockTimeout withInitial(Duration value) {
        return new GrowingLockTimeout(value, factor, inFull, full);
    }

    GrowingLockTimeout withFull(TimeoutRule value) {
        return new GrowingLockTimeout(initial, factor, inFull, value);
    }
}
