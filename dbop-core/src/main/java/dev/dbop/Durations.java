package dev.dbop;

import java.time.Duration;
import java.util.Objects;

/** Checks and saturating arithmetic on durations. */
final class Durations {
    static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Durations() {}

    /** Nanoseconds, saturated: about 292 years is as good as for ever. */
    static long nanos(Duration duration) {
        if (duration.compareTo(LONGEST) >= 0) {
            return Long.MAX_VALUE;
        }
        return duration.isNegative() ? 0 : duration.toNanos();
    }

    static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    static Duration positive(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(
                    name + " is " + value + ": must be greater than zero; leave it unset for no limit");
        }
        return atMostLongest(name, value);
    }

    static Duration notNegative(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ": must not be negative; use zero for no delay");
        }
        return atMostLongest(name, value);
    }

    private static Duration atMostLongest(String name, Duration value) {
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + value + ": must be at most " + LONGEST + " (292 years); choose a shorter one");
        }
        return value;
    }
}
