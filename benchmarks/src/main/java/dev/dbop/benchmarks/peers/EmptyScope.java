package dev.dbop.benchmarks.peers;

import dev.dbop.AsyncAttempt;
import dev.dbop.AsyncAttemptScope;
import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Scopes that open, commit and undo nothing: what is left is the engine. */
public final class EmptyScope implements AttemptScope<Object, Exception> {
    private static final Object NOTHING = new Object();
    private static final CompletableFuture<Verdict> UNDONE =
            CompletableFuture.completedFuture(Verdict.RETRY_TRANSACTION);

    private final Classifier classifier;

    /**
     * Makes a scope.
     *
     * @param again whether a failure is worth another attempt
     */
    public EmptyScope(Predicate<Throwable> again) {
        classifier = (failure, phase) -> again.test(failure) ? Verdict.RETRY_TRANSACTION : null;
    }

    @Override
    public Reach reach() {
        return Reach.TRANSACTION;
    }

    @Override
    public Classifier classifier() {
        return classifier;
    }

    @Override
    public Attempt<Object, Exception> open(AttemptContext context) {
        return new EmptyAttempt();
    }

    /**
     * Returns the like for asynchronous calls.
     *
     * @return completes everything at once
     */
    public AsyncAttemptScope<Object> asynchronous() {
        return new Asynchronous(classifier);
    }

    private static final class EmptyAttempt implements Attempt<Object, Exception> {
        @Override
        public Object resource() {
            return NOTHING;
        }

        @Override
        public void commit() {}

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            return verdict;
        }
    }

    private record Asynchronous(Classifier classifier) implements AsyncAttemptScope<Object> {
        private static final CompletableFuture<EmptyAsyncAttempt> OPEN =
                CompletableFuture.completedFuture(new EmptyAsyncAttempt());

        @Override
        public Reach reach() {
            return Reach.TRANSACTION;
        }

        @Override
        public CompletionStage<? extends AsyncAttempt<Object>> open(AttemptContext context) {
            return OPEN;
        }
    }

    private static final class EmptyAsyncAttempt implements AsyncAttempt<Object> {
        private static final CompletableFuture<Object> DONE = CompletableFuture.completedFuture(NOTHING);

        @Override
        public Object resource() {
            return NOTHING;
        }

        @Override
        public CompletionStage<?> commit() {
            return DONE;
        }

        @Override
        public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
            return UNDONE;
        }
    }
}
