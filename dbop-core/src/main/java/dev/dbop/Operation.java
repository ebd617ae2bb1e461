package dev.dbop;

import org.jspecify.annotations.Nullable;

/**
 * One database operation, run once per attempt, from the beginning each time.
 *
 * <p>It works on the resource it is handed and on nothing it kept from an earlier attempt. What it does outside the
 * database (a message sent, a counter raised) is not undone between attempts.
 *
 * @param <R> the resource the scope hands out: a connection, a session, a query builder
 * @param <T> the result
 * @param <X> the checked exception of the client; inferred, {@link RuntimeException} where there is none
 */
@FunctionalInterface
public interface Operation<R, T extends @Nullable Object, X extends Exception> {
    /**
     * Runs the operation.
     *
     * @param resource what the attempt runs on; valid until this method returns
     * @return the result of the call, if the attempt then commits
     * @throws X if the operation fails; the scope then undoes the attempt
     */
    T run(R resource) throws X;
}
