package dev.dbop.benchmarks.peers;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.core.retry.Retryable;
import org.springframework.util.backoff.BackOffExecution;

/** The retries of Spring's core. */
final class SpringCorePeer implements Peer {
    private final RetryTemplate template;

    SpringCorePeer(Policy policy) {
        RetryPolicy.Builder retry = RetryPolicy.builder().predicate(policy.again());
        template = new RetryTemplate(
                policy.pace().form() == Pace.Form.NONE
                        ? retry.delay(Duration.ZERO)
                                .maxRetries(policy.attempts() - 1L)
                                .build()
                        : retry.backOff(() -> delays(policy)).build());
    }

    private static BackOffExecution delays(Policy policy) {
        return new BackOffExecution() {
            private int retry;

            @Override
            public long nextBackOff() {
                return ++retry < policy.attempts() ? policy.pace().millisBefore(retry) : BackOffExecution.STOP;
            }
        };
    }

    @Override
    public String name() {
        return "spring-core";
    }

    @Override
    public <T> Callable<T> decorate(Callable<T> operation) {
        Retryable<T> retryable = operation::call;
        return () -> {
            try {
                return template.<T>execute(retryable);
            } catch (RetryException wrapped) {
                throw wrapped.getCause() instanceof Exception failure ? failure : wrapped;
            }
        };
    }
}
