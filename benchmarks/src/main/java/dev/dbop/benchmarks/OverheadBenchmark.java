package dev.dbop.benchmarks;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a call around an operation that does nothing: at once, and after two failures without delay. dbop opens and
 * commits a scope besides, which the others know nothing of. Run with {@code -prof gc} for bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OverheadBenchmark {
    private static final int RETRIES = 3;

    private final DbopRunner dbop = DbopRunner.create()
            .listeners()
            .policy(RetryPolicy.builder()
                    .maxRetries(RETRIES)
                    .initialDelay(Duration.ZERO)
                    .maxDelay(Duration.ZERO)
                    .build());
    private final FailsafeExecutor<Object> failsafe = Failsafe.with(dev.failsafe.RetryPolicy.builder()
            .handle(Conflict.class)
            .withMaxRetries(RETRIES)
            .build());
    private final Retry resilience4j = Retry.of(
            "overhead",
            RetryConfig.custom()
                    .maxAttempts(RETRIES + 1)
                    .retryExceptions(Conflict.class)
                    .intervalFunction(IntervalFunction.of(Duration.ofMillis(1), attempt -> 0L))
                    .build());
    private final EmptyScope scope = new EmptyScope();
    private int calls;

    /** A failure without a stack trace, so that the retry is measured and not the trace. */
    static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1;

        Conflict() {
            super("conflict", null, false, false);
        }
    }

    /** A scope that opens, commits and undoes nothing. */
    static final class EmptyScope implements AttemptScope<OverheadBenchmark, RuntimeException> {
        private static final Classifier CONFLICTS =
                (failure, phase) -> failure instanceof Conflict ? Verdict.RETRY_TRANSACTION : null;

        @Override
        public Reach reach() {
            return Reach.TRANSACTION;
        }

        @Override
        public Classifier classifier() {
            return CONFLICTS;
        }

        @Override
        public Attempt<OverheadBenchmark, RuntimeException> open(AttemptContext context) {
            return new EmptyAttempt();
        }
    }

    private static final class EmptyAttempt implements Attempt<OverheadBenchmark, RuntimeException> {
        private static final OverheadBenchmark RESOURCE = new OverheadBenchmark();

        @Override
        public OverheadBenchmark resource() {
            return RESOURCE;
        }

        @Override
        public void commit() {}

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            return verdict;
        }
    }

    private int succeed() {
        return ++calls;
    }

    private int failTwice() {
        if (++calls % 3 != 0) {
            throw new Conflict();
        }
        return calls;
    }

    private int byHand(boolean failing) {
        for (int attempt = 0; ; attempt++) {
            try {
                return failing ? failTwice() : succeed();
            } catch (Conflict conflict) {
                if (attempt == RETRIES) {
                    throw conflict;
                }
            }
        }
    }

    /** The floor. */
    @Benchmark
    public int happyByHand() {
        return byHand(false);
    }

    /** The whole call: context, scope, commit. */
    @Benchmark
    public int happyDbop() {
        return dbop.<OverheadBenchmark, Integer, RuntimeException>call(scope, resource -> succeed());
    }

    /** Failsafe, the operation only. */
    @Benchmark
    public int happyFailsafe() {
        return failsafe.<Integer>get(() -> succeed());
    }

    /** Resilience4j, the operation only. */
    @Benchmark
    public int happyResilience4j() {
        return resilience4j.executeSupplier(this::succeed);
    }

    /** The floor. */
    @Benchmark
    public int twoFailuresByHand() {
        return byHand(true);
    }

    /** Two attempts undone, the third committed. */
    @Benchmark
    public int twoFailuresDbop() {
        return dbop.<OverheadBenchmark, Integer, RuntimeException>call(scope, resource -> failTwice());
    }

    /** Failsafe, the operation only. */
    @Benchmark
    public int twoFailuresFailsafe() {
        return failsafe.<Integer>get(() -> failTwice());
    }

    /** Resilience4j, the operation only. */
    @Benchmark
    public int twoFailuresResilience4j() {
        return resilience4j.executeSupplier(this::failTwice);
    }
}
