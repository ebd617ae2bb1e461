package dev.dbop;

/**
 * Opens what one attempt runs on, and so decides what a failed attempt undoes. Meant to be implemented: a page of code
 * ties dbop to any client; {@code AttemptScopeContract} of dbop-testkit says whether it is right.
 *
 * <p>A scope serves any number of calls and holds no state of one; that belongs to the {@link Attempt}.
 *
 * @param <R> the resource handed to the operation
 * @param <X> the checked exception of the client
 */
public non-sealed interface AttemptScope<R, X extends Exception> extends Scope {
    /**
     * Prepares the work this scope is part of, once in a call and before its first attempt: what the attempts must not undo.
     * A failure here is that work's, not an attempt's: it goes to the caller as it is, neither classified nor retried.
     *
     * @throws X if the enclosing work cannot go on
     */
    default void beforeCall() throws X {}

    /**
     * Takes what the attempt runs on and begins: a connection, BEGIN or SAVEPOINT, read-only, isolation, timeouts.
     *
     * <p>Blocks the calling thread, which is the one that runs the whole attempt. When it throws it has given back
     * everything it took; failures of that clean-up are suppressed into the exception. The engine cannot stop it: what it
     * asks the server is limited by the scope itself, to the {@linkplain AttemptContext#deadline() deadline}.
     *
     * @param context the attempt to open
     * @return the open attempt; the engine ends it with exactly one {@link Attempt#rollback}, or one successful {@link
     *     Attempt#commit}
     * @throws X if the attempt cannot begin; classified in {@link Phase#OPEN}
     * @throws IllegalStateException if the resource is in the wrong state for this scope; never retried
     */
    Attempt<R, X> open(AttemptContext context) throws X;
}
