package dev.dbop.benchmarks.contention;

import dev.dbop.TimeoutRule;
import dev.dbop.Timeouts;
import dev.dbop.benchmarks.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt waits before it gives way to others.
 *
 * @param text as it was written
 * @param limit what is limited
 * @param first the limit of the first attempt; null for none
 * @param factor it grows by, from attempt to attempt
 * @param inFull how many of the last attempts have no limit
 * @param observed how many times the median of the transactions the first limit is; zero if it is given
 */
record LockRule(String text, Limit limit, @Nullable Duration first, double factor, int inFull, double observed) {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration UNTIL_OBSERVED = Duration.ofMillis(8);

    /** What is limited. */
    enum Limit {
        /** The wait for one lock. */
        LOCK,
        /** The run of one statement, its waits included: the least MariaDB can do below a second. */
        STATEMENT,
        /** The whole attempt, by a cancel from the client. */
        ATTEMPT
    }

    /**
     * Reads a rule: {@code none}, {@code 8ms}, {@code grow:8ms:2} (twice as long each time), {@code grow:8ms:2:1} (and the
     * last attempt without a limit), {@code grow:8ms:1:1} (always the same, but for the last); {@code statement/} or {@code attempt/} before it limits that;
     * {@code observed:4:2:2} (four times the median of what transactions take, and growing).
     */
    static LockRule of(String text) {
        if (text.equals("none")) {
            return new LockRule(text, Limit.LOCK, null, 1, 0, 0);
        }
        int slash = text.indexOf('/');
        Limit limit =
                slash < 0 ? Limit.LOCK : Limit.valueOf(text.substring(0, slash).toUpperCase(Locale.ROOT));
        List<String> parts = List.of(text.substring(slash + 1).split(":"));
        if (parts.get(0).equals("observed")) {
            return new LockRule(
                    text,
                    Limit.LOCK,
                    UNTIL_OBSERVED,
                    Double.parseDouble(parts.get(2)),
                    Integer.parseInt(parts.get(3)),
                    Double.parseDouble(parts.get(1)));
        }
        if (!parts.get(0).equals("grow")) {
            return new LockRule(text, limit, Arguments.duration(parts.get(0)), 1, 0, 0);
        }
        return new LockRule(
                text,
                limit,
                Arguments.duration(parts.get(1)),
                Double.parseDouble(parts.get(2)),
                parts.size() > 3 ? Integer.parseInt(parts.get(3)) : 0,
                0);
    }

    /** The same in dbop's words: its own rule where it has one, which is what is shipped. */
    TimeoutRule timeouts() {
        if (first != null && observed > 0) {
            return new ObservedWait(observed, factor, inFull, first);
        }
        if (first != null && limit == Limit.LOCK && inFull > 0) {
            return TimeoutRule.growingLockTimeout(first, factor, inFull, Timeouts.none());
        }
        return (attempt, attempts) -> {
            Duration wait = limit == Limit.ATTEMPT ? null : wait(attempt, attempts);
            if (wait == null) {
                return Timeouts.none();
            }
            return limit == Limit.LOCK
                    ? Timeouts.none().withLock(wait)
                    : Timeouts.none().withStatement(wait);
        };
    }

    private @Nullable Duration wait(int attempt, int attempts) {
        if (first == null || attempt > attempts - inFull) {
            return null;
        }
        double nanos = first.toNanos() * Math.pow(factor, attempt - 1.0);
        return nanos >= LONGEST.toNanos() ? LONGEST : Duration.ofNanos((long) nanos);
    }

    /** The limit of a whole attempt, which cannot grow. */
    @Nullable
    Duration attemptLimit() {
        return limit == Limit.ATTEMPT ? first : null;
    }

    /** What a hand-written loop sets at the beginning of each attempt; null for nothing. */
    @Nullable
    Duration ofEveryAttempt() {
        return limit == Limit.LOCK && factor == 1 && inFull == 0 ? first : null;
    }
}
