package dev.dbop;

import dev.dbop.sql.Database;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A blocking scope behind stages: each step runs on the executor. */
final class BlockingAsyncScope<R> implements AsyncAttemptScope<R> {
    private final AttemptScope<R, ?> scope;
    private final Executor executor;

    BlockingAsyncScope(AttemptScope<R, ?> scope, Executor executor) {
        this.scope = scope;
        this.executor = executor;
    }

    @Override
    public Reach reach() {
        return scope.reach();
    }

    @Override
    public Classifier classifier() {
        return scope.classifier();
    }

    @Override
    public Deadline deadline() {
        return scope.deadline();
    }

    @Override
    public @Nullable Database database() {
        return scope.database();
    }

    @Override
    public CompletionStage<AsyncAttempt<R>> open(AttemptContext context) {
        AttemptContext unwrapped = context.withPrevious(
                context.previousAttempt() instanceof BlockingAttempt<?> previous ? previous.attempt : null);
        return on(() -> new BlockingAttempt<>(scope.open(unwrapped), this));
    }

    private <V> CompletionStage<V> on(Step<V> step) {
        CompletableFuture<V> future = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                future.complete(step.run());
            } catch (Throwable failure) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    /** A step of the blocking scope, with whatever it throws. */
    @FunctionalInterface
    private interface Step<V> {
        V run() throws Exception;
    }

    private record BlockingAttempt<R>(Attempt<R, ?> attempt, BlockingAsyncScope<R> scope) implements AsyncAttempt<R> {
        @Override
        public R resource() {
            return attempt.resource();
        }

        @Override
        public void beforeCommit() throws Exception {
            attempt.beforeCommit();
        }

        @Override
        public CompletionStage<?> commit() {
            return scope.on(() -> {
                attempt.commit();
                return Boolean.TRUE;
            });
        }

        @Override
        public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
            return scope.on(() -> attempt.rollback(cause, phase, verdict));
        }

        @Override
        public @Nullable AsyncCommitProbe commitProbe() {
            CommitProbe probe = attempt.commitProbe();
            return probe == null ? null : deadline -> scope.on(() -> probe.probe(deadline));
        }

        @Override
        public void cancel() {
            Watch.blocking().execute(attempt::cancel);
        }
    }
}
