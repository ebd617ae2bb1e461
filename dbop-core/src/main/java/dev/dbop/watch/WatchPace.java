package dev.dbop.watch;

import java.time.Duration;
import java.util.Objects;

/**
 * How often a watch looks, and for how long.
 *
 * @param every between the end of one look and the next
 * @param within from the beginning of the wait; a last look is made when it ends
 */
public record WatchPace(Duration every, Duration within) {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final WatchPace DEFAULT = new WatchPace(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /**
     * Makes a pace.
     *
     * @param every see above
     * @param within see above
     * @throws IllegalArgumentException if one is zero, negative or longer than 292 years
     */
    public WatchPace {
        positive("every", every, "a watch needs an interval");
        positive("within", within, "a watch needs an end");
    }

    private static void positive(String name, Duration value, String why) {
        Objects.requireNonNull(value, name);
        if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ": must be greater than zero and at most "
                    + LONGEST + " (292 years); " + why);
        }
    }

    /**
     * Returns a look each second, for a minute.
     *
     * @return a shared instance
     */
    public static WatchPace defaults() {
        return DEFAULT;
    }

    /**
     * Returns a pace with another interval.
     *
     * @param interval greater than zero
     * @return a changed copy
     * @throws IllegalArgumentException if zero, negative or longer than 292 years
     */
    public WatchPace every(Duration interval) {
        return new WatchPace(interval, within);
    }

    /**
     * Returns a pace with another end.
     *
     * @param timeout greater than zero
     * @return a changed copy
     * @throws IllegalArgumentException if zero, negative or longer than 292 years
     */
    public WatchPace within(Duration timeout) {
        return new WatchPace(every, timeout);
    }

    /**
     * Returns this pace if it makes sense; asked when a wait begins, so that the order in which it was set does not matter.
     *
     * @return this
     * @throws IllegalArgumentException if the interval is longer than the whole wait
     */
    public WatchPace checked() {
        if (every.compareTo(within) > 0) {
            throw new IllegalArgumentException("within is " + within + ": must not be shorter than every, which is "
                    + every + "; look more often, or wait longer");
        }
        return this;
    }
}
