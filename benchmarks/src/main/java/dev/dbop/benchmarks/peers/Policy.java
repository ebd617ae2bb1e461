package dev.dbop.benchmarks.peers;

import dev.dbop.RetryPolicy;
import java.util.function.Predicate;

/**
 * What everybody is told to do about failures.
 *
 * @param attempts the most attempts
 * @param pace the delays between them
 * @param again whether a failure is worth another attempt
 */
public record Policy(int attempts, Pace pace, Predicate<Throwable> again) {
    /**
     * Returns the same in dbop's words, but for the failures, which its classifiers know.
     *
     * @return a builder, for what else is to be set
     */
    public RetryPolicy.Builder forDbop() {
        return RetryPolicy.builder()
                .maxRetries(attempts - 1)
                .initialDelay(pace.first())
                .maxDelay(pace.most())
                .backoff(pace.backoff());
    }
}
