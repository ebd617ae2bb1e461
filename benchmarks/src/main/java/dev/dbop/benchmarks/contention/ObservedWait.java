package dev.dbop.benchmarks.contention;

import dev.dbop.TimeoutRule;
import dev.dbop.Timeouts;
import dev.dbop.benchmarks.peers.SqlWork;
import java.time.Duration;

/**
 * A lock timeout that nobody has to choose: so many times what half of the transactions take, waits included, and growing
 * from attempt to attempt. One thread.
 */
final class ObservedWait implements TimeoutRule {
    /** How far the estimate of the median moves with every transaction. */
    private static final double STEP = 1.02;

    private final double times;
    private final double factor;
    private final int inFull;
    private double median;

    ObservedWait(double times, double factor, int inFull, Duration first) {
        this.times = times;
        this.factor = factor;
        this.inFull = inFull;
        this.median = first.toNanos() / times;
    }

    @Override
    public Timeouts forAttempt(int attempt, int attempts) {
        Duration first = Duration.ofNanos((long) Math.max(1_000_000, times * median));
        return TimeoutRule.growingLockTimeout(first, factor, inFull, Timeouts.none())
                .forAttempt(attempt, attempts);
    }

    <T> SqlWork<T> watching(SqlWork<T> work) {
        return connection -> {
            long begun = System.nanoTime();
            T result = work.run(connection);
            median *= System.nanoTime() - begun > median ? STEP : 1 / STEP;
            return result;
        };
    }
}
