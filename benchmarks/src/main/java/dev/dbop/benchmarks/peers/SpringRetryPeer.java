package dev.dbop.benchmarks.peers;

import java.util.concurrent.Callable;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.RetryContext;
import org.springframework.retry.backoff.BackOffContext;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.retry.support.RetryTemplateBuilder;

/** The spring-retry library. */
final class SpringRetryPeer implements Peer {
    private final RetryTemplate template;

    SpringRetryPeer(Policy policy) {
        RetryTemplateBuilder retry =
                RetryTemplate.builder().maxAttempts(policy.attempts()).retryOn(policy.again());
        template = policy.pace().form() == Pace.Form.NONE
                ? retry.noBackoff().build()
                : retry.customBackoff(new Delays(policy.pace())).build();
    }

    private record Delays(Pace pace) implements BackOffPolicy {
        @Override
        public BackOffContext start(RetryContext context) {
            return new Count();
        }

        @Override
        public void backOff(BackOffContext context) {
            try {
                pace.sleepBefore(++((Count) context).retry);
            } catch (InterruptedException interrupted) {
                throw new BackOffInterruptedException("interrupted", interrupted);
            }
        }
    }

    private static final class Count implements BackOffContext {
        private static final long serialVersionUID = 1;
        private int retry;
    }

    @Override
    public String name() {
        return "spring-retry";
    }

    @Override
    public <T> Callable<T> decorate(Callable<T> operation) {
        RetryCallback<T, Exception> callback = context -> operation.call();
        return () -> template.<T, Exception>execute(callback);
    }
}
