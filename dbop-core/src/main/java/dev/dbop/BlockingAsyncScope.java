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
        return on(() -> {
            if (context.number() == 1) {
                prepare();
            }
            return new BlockingAttempt<>(scope.open(unwrapped), this);
        });
    }

    private void prepare() {
        try {
            scope.beforeCall();
        } catch (Exception failure) {
            throw new NotPrepared(failure);
        }
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

    private static final class BlockingAttempt<R> implements AsyncAttempt<R> {
        private final Attempt<R, ?> attempt;
        private final BlockingAsyncScope<R> scope;
        private volatile boolean ended;

        BlockingAttempt(Attempt<R, ?> attempt, BlockingAsyncScope<R> scope) {
            this.attempt = attempt;
            this.scope = scope;
        }

        @Override
        public R resource() {
            return attempt.resource();
        }

        @Override
        public CompletionStage<?> beforeCommit() {
            return scope.on(() -> {
                attempt.beforeCommit();
                return Boolean.TRUE;
            });
        }

        @Override
        public CompletionStage<?> commit() {
            return scope.on(() -> {
                attempt.commit();
                ended = true;
                return Boolean.TRUE;
            });
        }

        @Override
        public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
            return scope.on(() -> {
                ended = true;
                return attempt.rollback(cause, phase, verdict);
            });
        }

        @Override
        public @Nullable AsyncCommitProbe commitProbe() {
            CommitProbe probe = attempt.commitProbe();
            return probe == null ? null : deadline -> scope.on(() -> probe.probe(deadline));
        }

        /** On a thread that may block; by the time it gets to it the attempt may be over. */
        @Override
        public void cancel() {
            Watch.blocking().execute(() -> {
                if (!ended) {
                    attempt.cancel();
                }
            });
        }
    }
}
