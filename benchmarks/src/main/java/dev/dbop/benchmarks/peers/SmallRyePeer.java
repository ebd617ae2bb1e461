package dev.dbop.benchmarks.peers;

import io.smallrye.faulttolerance.api.CustomBackoffStrategy;
import io.smallrye.faulttolerance.api.TypedGuard;
import jakarta.enterprise.util.TypeLiteral;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/** SmallRye Fault Tolerance without a container. */
final class SmallRyePeer implements Peer {
    private static final int FOR_EVER = 0;

    private final TypedGuard<Object> guard;

    SmallRyePeer(Policy policy) {
        guard = guard(TypedGuard.create(Object.class), policy);
    }

    static TypedGuard<CompletionStage<Integer>> asynchronous(Policy policy) {
        return guard(
                TypedGuard.create(new TypeLiteral<CompletionStage<Integer>>() {
                    private static final long serialVersionUID = 1;
                }),
                policy);
    }

    private static <T> TypedGuard<T> guard(TypedGuard.Builder<T> guard, Policy policy) {
        TypedGuard.Builder.RetryBuilder<T> retry = guard.withRetry()
                .maxRetries(policy.attempts() - 1)
                .maxDuration(FOR_EVER, ChronoUnit.MILLIS)
                .delay(0, ChronoUnit.MILLIS)
                .jitter(0, ChronoUnit.MILLIS)
                .whenException(policy.again());
        return policy.pace().form() == Pace.Form.NONE
                ? retry.done().build()
                : retry.withCustomBackoff()
                        .strategy(() -> new Delays(policy.pace()))
                        .done()
                        .done()
                        .build();
    }

    private static final class Delays implements CustomBackoffStrategy {
        private final Pace pace;
        private int retry;

        Delays(Pace pace) {
            this.pace = pace;
        }

        @Override
        public long nextDelayInMillis(Throwable failure) {
            return pace.millisBefore(++retry);
        }
    }

    @Override
    public String name() {
        return "smallrye";
    }

    @Override
    @SuppressWarnings("unchecked") // a guard lets every result through
    public <T> Callable<T> decorate(Callable<T> operation) {
        return (Callable<T>) guard.adaptCallable((Callable<Object>) operation);
    }
}
