package dev.dbop;

import java.time.Duration;
import java.util.Objects;

/**
 * The delay before a retry. Pure: everything it may use is in the {@link Step}, the random number included.
 *
 * <p>The engine caps what it returns at {@link RetryPolicy#maxDelay()}.
 */
@FunctionalInterface
public interface Backoff {
    /**
     * Returns the delay before one retry.
     *
     * @param step which retry, and what the policy says
     * @return zero or more; negative counts as zero
     */
    Duration delay(Step step);

    /**
     * What a delay is computed from.
     *
     * @param retry the retry the delay comes before, from 1
     * @param initialDelay {@link RetryPolicy#initialDelay()}
     * @param maxDelay {@link RetryPolicy#maxDelay()}
     * @param jitter {@link RetryPolicy#jitter()}
     * @param previousDelay the delay before the previous retry; the initial delay before the first
     * @param random at least 0, below 1, drawn for this delay
     */
    record Step(
            int retry, Duration initialDelay, Duration maxDelay, double jitter, Duration previousDelay, double random) {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if retry is below 1, or random is outside 0 (included) to 1 (excluded)
         */
        public Step {
            if (retry < 1) {
                throw new IllegalArgumentException("retry is " + retry + ": must be 1 or more");
            }
            Objects.requireNonNull(initialDelay, "initialDelay");
            Objects.requireNonNull(maxDelay, "maxDelay");
            Objects.requireNonNull(previousDelay, "previousDelay");
            if (!(random >= 0 && random < 1)) {
                throw new IllegalArgumentException("random is " + random + ": must be at least 0 and below 1");
            }
        }

        /** Initial delay times two to the power of retry - 1, capped; saturating. */
        long exponentialNanos() {
            long cap = Durations.nanos(maxDelay);
            double nanos = Durations.nanos(initialDelay) * Math.pow(2, retry - 1.0);
            return nanos >= cap ? cap : (long) nanos;
        }
    }

    /**
     * Doubles from the initial delay up to the maximum, each delay varied by ± {@link RetryPolicy#jitter()}. With jitter
     * 0 the delays are exact: 100, 200, 400 ms and so on.
     *
     * @return a shared instance
     */
    static Backoff exponential() {
        return Backoffs.EXPONENTIAL;
    }

    /**
     * Waits the initial delay before every retry, varied by ± {@link RetryPolicy#jitter()}.
     *
     * @return a shared instance
     */
    static Backoff fixed() {
        return Backoffs.FIXED;
    }

    /**
     * Waits anything between zero and the exponential delay: spreads contenders best, at the price of some very short
     * delays. {@link RetryPolicy#jitter()} is not used.
     *
     * @return a shared instance
     */
    static Backoff fullJitter() {
        return Backoffs.FULL_JITTER;
    }

    /**
     * Waits half the exponential delay and anything up to the other half. {@link RetryPolicy#jitter()} is not used.
     *
     * @return a shared instance
     */
    static Backoff equalJitter() {
        return Backoffs.EQUAL_JITTER;
    }

    /**
     * Waits anything between the initial delay and three times the previous delay. {@link RetryPolicy#jitter()} is not
     * used.
     *
     * @return a shared instance
     */
    static Backoff decorrelatedJitter() {
        return Backoffs.DECORRELATED_JITTER;
    }
}
