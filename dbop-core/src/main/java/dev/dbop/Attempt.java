package dev.dbop;

import org.jspecify.annotations.Nullable;

/**
 * One open attempt. Everything but {@link #cancel} is called by the one thread that opened it.
 *
 * @param <R> the resource handed to the operation
 * @param <X> the checked exception of the client
 */
public interface Attempt<R, X extends Exception> {
    /**
     * Returns what the operation works on.
     *
     * @return the same object until the attempt ends
     */
    R resource();

    /**
     * Checks, once the operation has returned, that its work may be committed at all: an operation that swallowed a
     * failure the transaction did not survive gets that failure thrown here, still in {@link Phase#OPERATION}, when it is
     * certain that nothing was committed. The default checks nothing and leaves it to {@link #commit}.
     *
     * @throws X if the work is lost already; the engine then calls {@link #rollback}
     */
    default void beforeCommit() throws X {}

    /**
     * Makes the work durable (or part of the enclosing transaction) and gives everything back as it was found: timeouts,
     * read-only flag, isolation, connection. Never ends normally when the work was rolled back instead: an operation
     * that swallowed a failure gets that failure thrown here.
     *
     * <p>Clean-up that fails after the work is durable is not thrown; the connection is then discarded.
     *
     * @throws X if the work is not durable, or may not be; the engine then calls {@link #rollback}
     */
    void commit() throws X;

    /**
     * Undoes the work and gives everything back, after a failure in any phase, {@link Phase#COMMIT} included. Never
     * throws: what goes wrong here is suppressed into the cause and raises the verdict.
     *
     * @param cause why the attempt failed
     * @param phase where it failed
     * @param verdict what the classifier made of it
     * @return the verdict, raised where the attempt knows more (connection gone, savepoint gone, isolation level,
     *     outcome unknown); a lower one is ignored
     */
    Verdict rollback(Throwable cause, Phase phase, Verdict verdict);

    /**
     * Returns what can find out whether the work is durable, once {@link #rollback} has returned {@link
     * Verdict#OUTCOME_UNKNOWN} in {@link Phase#COMMIT}. The default cannot.
     *
     * @return the probe of this attempt, or null if nothing can be asked
     */
    default @Nullable CommitProbe commitProbe() {
        return null;
    }

    /**
     * Stops the work under way, because the attempt's time is up. Called from another thread, again and again until the
     * attempt has ended, also while an earlier call still blocks; an implementation asks the server first and cuts the
     * connection when that does not help. Nothing late may hit what runs on the connection afterwards.
     *
     * <p>The default does nothing: the attempt runs to its end and is then rolled back.
     */
    default void cancel() {}
}
