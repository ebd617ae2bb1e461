package dev.dbop.benchmarks.peers;

import dev.dbop.Backoff;
import dev.dbop.benchmarks.Arguments;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The delays between attempts, the same for everybody.
 *
 * @param form how they grow and vary
 * @param first the delay, or its bound, before the first retry
 * @param most the longest
 */
public record Pace(Form form, Duration first, Duration most) {
    /** No delay at all. */
    public static final Pace NONE = new Pace(Form.NONE, Duration.ZERO, Duration.ZERO);

    /** How delays grow and vary. */
    public enum Form {
        /** There is none. */
        NONE,
        /** Doubles, ± 20 %. */
        EXP,
        /** Anything between zero and what doubles. */
        FULL,
        /** Between half of what doubles and the whole. */
        EQUAL
    }

    /**
     * Reads a pace.
     *
     * @param text {@code none}, or a form, the first and the longest delay: {@code full:5ms:200ms}
     * @return the pace
     */
    public static Pace of(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("pace " + text + ": must be none or form:first:longest, full:5ms:200ms");
        }
        return new Pace(
                Form.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                Arguments.duration(parts[1]),
                Arguments.duration(parts[2]));
    }

    /**
     * Draws a delay.
     *
     * @param retry the retry it comes before, from 1
     * @return milliseconds
     */
    public long millisBefore(int retry) {
        if (form == Form.NONE) {
            return 0;
        }
        double longest = most.toMillis();
        double bound = Math.min(longest, first.toMillis() * Math.pow(2, retry - 1.0));
        double random = ThreadLocalRandom.current().nextDouble();
        return Math.round(
                switch (form) {
                    case NONE -> 0;
                    case EXP -> Math.min(longest, bound * (0.8 + 0.4 * random));
                    case FULL -> bound * random;
                    case EQUAL -> bound / 2 + bound / 2 * random;
                });
    }

    /**
     * Waits, if there is something to wait for.
     *
     * @param retry the retry this comes before, from 1
     * @throws InterruptedException if the thread is interrupted
     */
    public void sleepBefore(int retry) throws InterruptedException {
        if (form != Form.NONE) {
            Thread.sleep(millisBefore(retry));
        }
    }

    /** The same for dbop, whose own delays are not rounded: in whole milliseconds one retry in ten comes at once. */
    Backoff backoff() {
        return form == Form.NONE ? Backoff.exponential() : step -> Duration.ofMillis(millisBefore(step.retry()));
    }
}
