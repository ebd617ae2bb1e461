package dev.dbop;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A scope whose steps a test can replace. */
class AlteredScope implements AsyncAttemptScope<Integer> {
    private final AsyncAttemptScope<Integer> scope;

    AlteredScope(AsyncAttemptScope<Integer> scope) {
        this.scope = scope;
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
    public CompletionStage<? extends AsyncAttempt<Integer>> open(AttemptContext context) {
        return scope.open(context).thenApply(AlteredAttempt::new);
    }

    @Nullable
    CompletionStage<?> beforeCommit(AsyncAttempt<Integer> attempt) {
        return attempt.beforeCommit();
    }

    CompletionStage<?> commit(AsyncAttempt<Integer> attempt) {
        return attempt.commit();
    }

    CompletionStage<Verdict> rollback(AsyncAttempt<Integer> attempt, Throwable cause, Phase phase, Verdict verdict) {
        return attempt.rollback(cause, phase, verdict);
    }

    private final class AlteredAttempt implements AsyncAttempt<Integer> {
        private final AsyncAttempt<Integer> attempt;

        AlteredAttempt(AsyncAttempt<Integer> attempt) {
            this.attempt = attempt;
        }

        @Override
        public Integer resource() {
            return attempt.resource();
        }

        @Override
        public @Nullable CompletionStage<?> beforeCommit() {
            return AlteredScope.this.beforeCommit(attempt);
        }

        @Override
        public CompletionStage<?> commit() {
            return AlteredScope.this.commit(attempt);
        }

        @Override
        public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
            return AlteredScope.this.rollback(attempt, cause, phase, verdict);
        }
    }
}
