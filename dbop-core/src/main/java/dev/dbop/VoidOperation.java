package dev.dbop;

/**
 * An {@link Operation} without a result.
 *
 * @param <R> the resource the scope hands out
 * @param <X> the checked exception of the client
 */
@FunctionalInterface
public interface VoidOperation<R, X extends Exception> {
    /**
     * Runs the operation.
     *
     * @param resource what the attempt runs on; valid until this method returns
     * @throws X if the operation fails; the scope then undoes the attempt
     */
    void run(R resource) throws X;
}
