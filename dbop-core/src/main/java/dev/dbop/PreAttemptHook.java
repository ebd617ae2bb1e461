package dev.dbop;

/**
 * Runs inside the scope before every attempt of an operation: to set a session variable, a timeout, a search path.
 *
 * @param <R> the resource the scope hands out
 * @param <X> the checked exception of the client
 */
@FunctionalInterface
public interface PreAttemptHook<R, X extends Exception> {
    /**
     * Prepares the resource for one attempt. A failure here is classified like one of the operation, in {@link
     * Phase#HOOK}.
     *
     * @param resource what the attempt runs on
     * @param context the attempt: its number, time left and timeouts
     * @throws X if the preparation fails; the scope then undoes the attempt
     */
    void beforeAttempt(R resource, AttemptContext context) throws X;

    /**
     * Returns the hook that does nothing.
     *
     * @param <R> the resource
     * @param <X> the exception
     * @return a shared instance
     */
    static <R, X extends Exception> PreAttemptHook<R, X> none() {
        return (resource, context) -> {};
    }
}
