package dev.dbop.benchmarks.peers;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.AsyncOperation;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.retry.Retry;
import io.smallrye.faulttolerance.api.TypedGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Everybody who can retry what completes later. */
public final class AsyncPeers {
    /** The operation itself, never retried. */
    public static final String BARE = "bare future";
    /** dbop with a limit on each attempt. */
    public static final String LIMITED = "dbop+limit";
    /** In the order of tables. */
    public static final List<String> NAMES =
            List.of(BARE, Peers.HAND, Peers.DBOP, "failsafe", "resilience4j", "smallrye");

    private AsyncPeers() {}

    /**
     * Wraps an operation, once; what is returned is called often.
     *
     * @param name one of {@link #NAMES}
     * @param policy what to do
     * @param timers for the delays of whoever does not bring his own
     * @param operation starts an attempt
     * @return starts a call
     */
    public static Supplier<CompletionStage<Integer>> decorate(
            String name, Policy policy, ScheduledExecutorService timers, Supplier<CompletionStage<Integer>> operation) {
        return switch (name) {
            case BARE -> operation;
            case Peers.HAND -> {
                HandLoop loop = new HandLoop(policy, timers, operation);
                yield loop::start;
            }
            case Peers.DBOP -> dbop(policy.forDbop(), policy, timers, operation);
            case LIMITED -> dbop(policy.forDbop().attemptTimeout(Duration.ofHours(1)), policy, timers, operation);
            case "failsafe" -> {
                FailsafeExecutor<Object> failsafe =
                        Failsafe.with(FailsafePeer.retry(policy)).with(timers);
                yield () -> failsafe.<Integer>getStageAsync(operation::get);
            }
            case "resilience4j" -> {
                Retry retry = Resilience4jPeer.retry(policy);
                yield () -> retry.executeCompletionStage(timers, operation);
            }
            case "smallrye" -> {
                TypedGuard<CompletionStage<Integer>> guard = SmallRyePeer.asynchronous(policy);
                yield guard.adaptSupplier(operation);
            }
            default -> throw new IllegalArgumentException("peer " + name + ": must be one of " + NAMES);
        };
    }

    private static Supplier<CompletionStage<Integer>> dbop(
            RetryPolicy.Builder retry,
            Policy policy,
            ScheduledExecutorService timers,
            Supplier<CompletionStage<Integer>> operation) {
        DbopRunner runner = DbopRunner.create()
                .listeners()
                .policy(retry.build())
                .scheduler((task, delay) -> {
                    var timer = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    return () -> timer.cancel(false);
                });
        AsyncAttemptScope<Object> scope = new EmptyScope(policy.again()).asynchronous();
        AsyncOperation<Object, Integer> once = nothing -> operation.get();
        return () -> runner.callAsync(scope, once);
    }

    /**
     * Makes timers whose queue can be looked at.
     *
     * @return on one daemon thread; a cancelled one leaves the queue
     */
    public static ScheduledThreadPoolExecutor timers() {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "benchmark-timer");
            thread.setDaemon(true);
            return thread;
        });
        timers.setRemoveOnCancelPolicy(true);
        return timers;
    }

    /** What one writes without a library. */
    private static final class HandLoop {
        private final Policy policy;
        private final Supplier<CompletionStage<Integer>> operation;
        private final ScheduledExecutorService timers;

        HandLoop(Policy policy, ScheduledExecutorService timers, Supplier<CompletionStage<Integer>> operation) {
            this.policy = policy;
            this.timers = timers;
            this.operation = operation;
        }

        CompletionStage<Integer> start() {
            CompletableFuture<Integer> result = new CompletableFuture<>();
            attempt(1, result);
            return result;
        }

        private void attempt(int number, CompletableFuture<Integer> result) {
            // a stage that depends on a failed one by whenComplete would make an exception of its own
            var unused = operation.get().handle((value, failure) -> {
                if (failure == null) {
                    return result.complete(value);
                }
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                if (number == policy.attempts() || !policy.again().test(cause)) {
                    return result.completeExceptionally(cause);
                }
                again(number, result);
                return true;
            });
        }

        private void again(int number, CompletableFuture<Integer> result) {
            if (policy.pace().form() == Pace.Form.NONE) {
                attempt(number + 1, result);
            } else {
                var unused = timers.schedule(
                        () -> attempt(number + 1, result), policy.pace().millisBefore(number), TimeUnit.MILLISECONDS);
            }
        }
    }
}
