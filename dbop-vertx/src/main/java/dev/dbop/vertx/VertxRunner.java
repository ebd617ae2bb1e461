package dev.dbop.vertx;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.AsyncPreAttemptHook;
import dev.dbop.DbopRunner;
import io.vertx.core.Closeable;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations that return a Vert.x {@link Future}: a {@link DbopRunner} on the caller's context.
 *
 * <p>The operation, every retry of it and the returned future's handlers run on the context the call is made from, an event
 * loop's, a worker's or a virtual thread's; called from outside Vert.x, on a context made for the call. Delays and limits
 * are timers of that context. Nothing blocks.
 *
 * <p>A call ends early, undoes the attempt that runs and gives its connection back when the verticle it was made from is
 * undeployed, or when the future given to {@link #until} completes. Its future then fails with {@link
 * java.util.concurrent.CancellationException}.
 *
 * <p>Immutable and thread-safe: share it.
 */
public final class VertxRunner {
    private final Vertx vertx;
    private final DbopRunner runner;
    private final @Nullable Future<?> end;

    private VertxRunner(Vertx vertx, DbopRunner runner, @Nullable Future<?> end) {
        this.vertx = vertx;
        this.runner = runner;
        this.end = end;
    }

    /**
     * Returns a runner with the settings of {@link DbopRunner#create()}.
     *
     * @param vertx whose contexts and timers are used
     * @return the runner
     */
    public static VertxRunner create(Vertx vertx) {
        return of(vertx, DbopRunner.create());
    }

    /**
     * Returns a runner with the settings of another.
     *
     * @param vertx whose contexts and timers are used
     * @param runner policy, timeouts, listeners and all else; its scheduler is not used
     * @return the runner
     */
    public static VertxRunner of(Vertx vertx, DbopRunner runner) {
        return new VertxRunner(Objects.requireNonNull(vertx, "vertx"), Objects.requireNonNull(runner, "runner"), null);
    }

    /**
     * Returns a runner with changed settings: {@code with(r -> r.named("transfer").idempotent())}.
     *
     * @param change of the settings
     * @return a new runner
     */
    public VertxRunner with(UnaryOperator<DbopRunner> change) {
        return new VertxRunner(vertx, Objects.requireNonNull(change.apply(runner), "the changed runner"), end);
    }

    /**
     * Returns a runner whose calls are cancelled when a future completes, in whatever way: the end of a request, a timeout.
     * Somebody who merely drops the future of a call is not noticed.
     *
     * @param end of the wish for a result
     * @return a new runner
     */
    public VertxRunner until(Future<?> end) {
        return new VertxRunner(vertx, runner, Objects.requireNonNull(end, "end"));
    }

    /**
     * Starts an operation and retries it as its policy says.
     *
     * @param <R> the resource the scope hands out
     * @param <T> the result
     * @param scope what an attempt is: see {@link VertxScope}
     * @param operation started once per attempt, from the beginning each time; what it starts must be part of its future
     * @return completes on the caller's context with the operation's result, once it is durable; fails with the last
     *     attempt's failure, {@link dev.dbop.OutcomeUnknownException} or {@link dev.dbop.AttemptTimeoutException}
     */
    public <R, T extends @Nullable Object> Future<T> call(
            AsyncAttemptScope<R> scope, Function<? super R, Future<T>> operation) {
        return call(scope, AsyncPreAttemptHook.none(), operation);
    }

    /**
     * Starts an operation after a hook, as {@link #call(AsyncAttemptScope, Function)} does.
     *
     * @param <R> the resource the scope hands out
     * @param <T> the result
     * @param scope what an attempt is
     * @param hook prepares the resource of each attempt
     * @param operation started once per attempt
     * @return as {@link #call(AsyncAttemptScope, Function)}
     */
    public <R, T extends @Nullable Object> Future<T> call(
            AsyncAttemptScope<R> scope, AsyncPreAttemptHook<? super R> hook, Function<? super R, Future<T>> operation) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(hook, "hook");
        Objects.requireNonNull(operation, "operation");
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        Promise<T> promise = context.promise();
        Runnable start = () -> start(context, promise, scope, hook, operation);
        if (context.equals(Vertx.currentContext())) {
            start.run();
        } else {
            context.runOnContext(now -> start.run());
        }
        return promise.future();
    }

    private <R, T extends @Nullable Object> void start(
            ContextInternal context,
            Promise<T> promise,
            AsyncAttemptScope<R> scope,
            AsyncPreAttemptHook<? super R> hook,
            Function<? super R, Future<T>> operation) {
        CompletableFuture<T> call;
        try {
            call = runner.scheduler(new VertxScheduler(context))
                    .callAsync(
                            scope,
                            hook,
                            resource -> started(operation, resource).toCompletionStage());
        } catch (RuntimeException refused) {
            promise.fail(refused);
            return;
        }
        CompletionStage<T> stage = call;
        if (call.isDone()) {
            stage.whenComplete((value, failure) -> finish(promise, value, failure));
            return;
        }
        Closeable hookOfContext = closed -> cancel(call, closed);
        context.addCloseHook(hookOfContext);
        Future<?> wanted = end;
        if (wanted != null) {
            // A future keeps its handlers, and may outlive any number of calls: what is over is let go.
            AtomicReference<@Nullable CompletableFuture<?>> running = new AtomicReference<>(call);
            stage.whenComplete((value, failure) -> running.set(null));
            wanted.onComplete(ended -> {
                CompletableFuture<?> still = running.get();
                if (still != null) {
                    still.cancel(true);
                }
            });
        }
        stage.whenComplete((value, failure) -> {
            context.removeCloseHook(hookOfContext);
            finish(promise, value, failure);
        });
    }

    private static <R, T extends @Nullable Object> Future<T> started(
            Function<? super R, Future<T>> operation, R resource) {
        return Objects.requireNonNull(
                operation.apply(resource), "the operation returned null: must return the future of all it starts");
    }

    private static void cancel(CompletableFuture<?> call, Completable<Void> closed) {
        call.cancel(true);
        closed.succeed();
    }

    private static <T extends @Nullable Object> void finish(Promise<T> promise, T value, @Nullable Throwable failure) {
        if (failure == null) {
            promise.complete(value);
        } else {
            promise.fail(failure);
        }
    }

    /** Returns the settings; no secret is among them. */
    @Override
    public String toString() {
        return "VertxRunner[" + runner + "]";
    }
}
