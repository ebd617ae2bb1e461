package dev.dbop.watch;

import dev.dbop.Deadline;
import dev.dbop.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One wait: told what each look has found, it says whether that was it, or when to look again. It looks at nothing itself and
 * waits for nothing; the first look is due at once. A look may always be made earlier than asked for, as when somebody sent
 * word of a change. Not thread-safe: of one wait, one thread at a time.
 *
 * @param <T> what a look finds of the row
 */
public final class RowWait<T> {
    /** A look near the end gets this long all the same, so that what was committed in time is seen. */
    private static final Duration LAST_LOOK = Duration.ofSeconds(1);
    /** A look without an answer for longer is given up and made again, on another connection. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

    private final String row;
    private final WatchPace pace;
    private final Deadline deadline;
    private final BiPredicate<? super T, ? super T> same;
    private final @Nullable Predicate<? super T> condition;
    private @Nullable T seen;
    private long looks;
    private @Nullable Throwable lastFailure;

    private RowWait(
            String row,
            WatchPace pace,
            Ticker ticker,
            BiPredicate<? super T, ? super T> same,
            @Nullable Predicate<? super T> condition,
            @Nullable T seen) {
        this.row = Objects.requireNonNull(row, "row");
        this.pace = pace.checked();
        this.deadline = Deadline.after(pace.within(), ticker);
        this.same = same;
        this.condition = condition;
        this.seen = seen;
    }

    /**
     * What to do next.
     *
     * @param <T> what a look finds
     */
    public sealed interface Step<T> {
        /**
         * The wait is over.
         *
         * @param <T> what a look finds
         * @param found what was waited for
         */
        record Done<T>(T found) implements Step<T> {}

        /**
         * Look again.
         *
         * @param <T> what a look finds
         * @param delay how long to wait before; positive
         */
        record Again<T>(Duration delay) implements Step<T> {}

        /**
         * The wait is over without what was waited for.
         *
         * @param <T> what a look finds
         * @param failure to be thrown
         */
        record Failed<T>(RowWatchException failure) implements Step<T> {}
    }

    /**
     * Begins to wait for a change.
     *
     * @param <T> what a look finds
     * @param row for messages: which row it is
     * @param pace how often and how long
     * @param ticker tells the time
     * @param same whether two looks found the same
     * @param seen what the caller has seen, or null to begin with what the first look finds
     * @return the wait
     * @throws IllegalArgumentException if the pace makes no sense
     */
    public static <T> RowWait<T> forChange(
            String row, WatchPace pace, Ticker ticker, BiPredicate<? super T, ? super T> same, @Nullable T seen) {
        return new RowWait<>(row, pace, ticker, Objects.requireNonNull(same, "same"), null, seen);
    }

    /**
     * Begins to wait for a condition, which may hold at once.
     *
     * @param <T> what a look finds
     * @param row for messages: which row it is
     * @param pace how often and how long
     * @param ticker tells the time
     * @param condition asked after each look
     * @return the wait
     * @throws IllegalArgumentException if the pace makes no sense
     */
    public static <T> RowWait<T> forCondition(
            String row, WatchPace pace, Ticker ticker, Predicate<? super T> condition) {
        Objects.requireNonNull(condition, "condition");
        return new RowWait<>(row, pace, ticker, (one, other) -> true, condition, null);
    }

    /**
     * Tells what a look has found.
     *
     * @param found the row, or null if it is not there
     * @return what to do next
     */
    public Step<T> looked(@Nullable T found) {
        looks++;
        lastFailure = null;
        T before = seen;
        if (found == null) {
            return new Step.Failed<>(before == null ? new RowMissingException(row) : new RowDeletedException(row));
        }
        boolean done = condition == null ? before != null && !same.test(before, found) : condition.test(found);
        if (done) {
            return new Step.Done<>(found);
        }
        seen = before == null ? found : before;
        return next();
    }

    /**
     * Tells that a look has failed in a way that passes: a lost connection, a server that restarts.
     *
     * @param failure why
     * @return what to do next
     */
    public Step<T> missed(Throwable failure) {
        looks++;
        lastFailure = Objects.requireNonNull(failure, "failure");
        return next();
    }

    private Step<T> next() {
        Duration left = deadline.remaining();
        if (left.isZero()) {
            String missed = condition == null ? "did not change" : "did not come to meet the condition";
            return new Step.Failed<>(new RowWatchTimeoutException(row, missed, pace.within(), looks, lastFailure));
        }
        return new Step.Again<>(shorter(pace.every(), left));
    }

    /**
     * Returns how long the next look may take, with everything that belongs to it.
     *
     * @return what is left of the wait, but not less than a second and not more than ten
     */
    public Duration lookLimit() {
        Duration left = deadline.remaining();
        return left.compareTo(LAST_LOOK) < 0 ? LAST_LOOK : shorter(left, LONGEST_LOOK);
    }

    /**
     * Returns what is left of the wait.
     *
     * @return zero when it is over
     */
    public Duration remaining() {
        return deadline.remaining();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
