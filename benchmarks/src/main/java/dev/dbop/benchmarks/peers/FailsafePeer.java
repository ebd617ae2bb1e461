package dev.dbop.benchmarks.peers;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import dev.failsafe.function.CheckedSupplier;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Failsafe's retry policy. */
final class FailsafePeer implements Peer {
    private final FailsafeExecutor<Object> failsafe;

    FailsafePeer(Policy policy) {
        failsafe = Failsafe.with(retry(policy));
    }

    static RetryPolicy<Object> retry(Policy policy) {
        RetryPolicyBuilder<Object> retry =
                RetryPolicy.builder().handleIf(policy.again()::test).withMaxAttempts(policy.attempts());
        if (policy.pace().form() != Pace.Form.NONE) {
            retry.withDelayFn(
                    context -> Duration.ofMillis(policy.pace().millisBefore(Math.max(1, context.getAttemptCount()))));
        }
        return retry.build();
    }

    @Override
    public String name() {
        return "failsafe";
    }

    @Override
    public <T> Callable<T> decorate(Callable<T> operation) {
        CheckedSupplier<T> supplier = operation::call;
        return () -> {
            try {
                return failsafe.<T>get(supplier);
            } catch (FailsafeException wrapped) {
                throw wrapped.getCause() instanceof Exception failure ? failure : wrapped;
            }
        };
    }
}
