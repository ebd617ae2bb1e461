package dev.dbop.benchmarks.peers;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.util.concurrent.Callable;

/** Resilience4j's retry. */
final class Resilience4jPeer implements Peer {
    private final Retry retry;

    Resilience4jPeer(Policy policy) {
        retry = retry(policy);
    }

    static Retry retry(Policy policy) {
        return Retry.of(
                "benchmark",
                RetryConfig.custom()
                        .maxAttempts(policy.attempts())
                        .retryOnException(policy.again())
                        .intervalFunction(attempt -> policy.pace().millisBefore(attempt))
                        .build());
    }

    @Override
    public String name() {
        return "resilience4j";
    }

    @Override
    public <T> Callable<T> decorate(Callable<T> operation) {
        return Retry.decorateCallable(retry, operation);
    }
}
