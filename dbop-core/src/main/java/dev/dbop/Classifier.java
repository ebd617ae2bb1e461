package dev.dbop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says what a failure calls for. Pure: failure and phase in, verdict out; no I/O, no state, any thread.
 *
 * <p>A classifier answers only for what it knows and returns {@code null} for the rest, so that several can be chained
 * with {@link #orElse}. A failure nobody knows is given up, and one nobody knows in {@link Phase#COMMIT} leaves the
 * outcome unknown: only the database's own answer proves that a COMMIT did not happen.
 *
 * <p>What a classifier cannot know (isolation level, whether connection and savepoint survived) the {@link Attempt}
 * adds by raising the verdict.
 */
@FunctionalInterface
public interface Classifier {
    /**
     * Classifies one failure.
     *
     * @param failure what was thrown, as the client threw it; causes, {@code getNextException} and suppressed ones are
     *     the classifier's to walk
     * @param phase where in the attempt it was thrown
     * @return the verdict, or null for no opinion
     */
    @Nullable
    Verdict classify(Throwable failure, Phase phase);

    /**
     * Returns a classifier that asks this one first and the other where this one has no opinion.
     *
     * @param other asked second
     * @return the chain
     */
    default Classifier orElse(Classifier other) {
        Objects.requireNonNull(other, "other");
        return (failure, phase) -> {
            Verdict verdict = classify(failure, phase);
            return verdict != null ? verdict : other.classify(failure, phase);
        };
    }

    /**
     * Returns a classifier that asks the other first and this one where the other has no opinion: the usual way to add
     * an application's own rules to an adapter's classifier.
     *
     * @param rules asked first
     * @return the chain
     */
    default Classifier overriding(Classifier rules) {
        return Objects.requireNonNull(rules, "rules").orElse(this);
    }

    /**
     * Returns the classifier without opinions: nothing is retried.
     *
     * @return a shared instance
     */
    static Classifier none() {
        return (failure, phase) -> null;
    }
}
