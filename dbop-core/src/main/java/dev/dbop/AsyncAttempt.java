package dev.dbop;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One open asynchronous attempt: the contract of {@link Attempt}, with stages instead of blocking.
 *
 * @param <R> the resource handed to the operation
 */
public interface AsyncAttempt<R> {
    /**
     * Returns what the operation works on.
     *
     * @return the same object until the attempt ends
     */
    R resource();

    /**
     * Starts to check that the work may be committed at all, as {@link Attempt#beforeCommit}.
     *
     * @return completes when it may be, fails if it is lost already; null, the default, if nothing is to be waited for
     */
    default @Nullable CompletionStage<?> beforeCommit() {
        return null;
    }

    /**
     * Starts to commit, as {@link Attempt#commit}.
     *
     * @return completes when the work is durable; fails when it is not, or may not be
     */
    CompletionStage<?> commit();

    /**
     * Starts to undo the work and to give everything back, as {@link Attempt#rollback}.
     *
     * @param cause why the attempt failed
     * @param phase where it failed
     * @param verdict what the classifier made of it
     * @return completes, never exceptionally, with the verdict, raised where the attempt knows more
     */
    CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict);

    /**
     * Returns what can find out whether the work is durable, as {@link Attempt#commitProbe}.
     *
     * @return the probe of this attempt, or null if nothing can be asked
     */
    default @Nullable AsyncCommitProbe commitProbe() {
        return null;
    }

    /** Stops the work under way without blocking, as {@link Attempt#cancel}. The default does nothing. */
    default void cancel() {}
}
