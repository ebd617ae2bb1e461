package dev.dbop;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.regex.Pattern;

/** Durations read and checked, and saturating arithmetic on them. */
final class Durations {
    static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    /** How a duration is written. */
    static final String FORM = "a duration, such as 250ms, 5s, 2m, 1h or PT0.25S";

    private static final Pattern SHORT_FORM = Pattern.compile("(\\d{1,18})(ms|s|m|h)");

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

    /**
     * Reads a duration of the {@link #FORM}.
     *
     * @throws DateTimeParseException if it is not of the form
     * @throws ArithmeticException if it is longer than a duration can be
     */
    static Duration parse(String text) {
        var matcher = SHORT_FORM.matcher(text);
        if (!matcher.matches()) {
            return Duration.parse(text);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** The duration as {@link #parse} reads it, in milliseconds or seconds. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
