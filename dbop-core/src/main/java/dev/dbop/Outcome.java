package dev.dbop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, with its failed attempts: what {@link DbopRunner#tryCall} returns instead of throwing.
 *
 * @param <T> the result
 */
public sealed interface Outcome<T extends @Nullable Object> {
    /**
     * Returns the failed attempts, oldest first.
     *
     * @return an immutable list; empty when the first attempt succeeded
     */
    List<AttemptRecord> failures();

    /**
     * The operation ran and its work is durable (or part of the enclosing transaction).
     *
     * @param <T> the result
     * @param result what the operation returned
     * @param failures the failed attempts before it
     */
    record Success<T extends @Nullable Object>(T result, List<AttemptRecord> failures) implements Outcome<T> {}

    /**
     * The call failed. Its work is undone, unless the failure is an {@link OutcomeUnknownException}.
     *
     * @param <T> the result there is none of
     * @param failure what the call would have thrown
     * @param reason why there was no further attempt
     * @param failures every attempt
     */
    record Failure<T extends @Nullable Object>(Exception failure, GiveUpReason reason, List<AttemptRecord> failures)
            implements Outcome<T> {}
}
