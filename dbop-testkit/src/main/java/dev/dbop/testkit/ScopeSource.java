package dev.dbop.testkit;

import dev.dbop.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Represents what a client takes its connections from, a pool of a given size, and the scopes on it.
 *
 * @param <S> the scopes
 */
public interface ScopeSource<S extends Scope> {
    /**
     * Returns the scope whose attempts are transactions on connections of their own.
     *
     * @return the scope, the same or another one each time
     */
    S transaction();

    /**
     * Returns the scope whose attempts run statements that commit on their own, on connections of their own.
     *
     * @return the scope, or null where the client has none; its tests are then skipped
     */
    default @Nullable S autocommit() {
        return null;
    }

    /**
     * Closes the pool. Called once, by the suite.
     *
     * @throws Exception if that fails; the test then fails
     */
    void close() throws Exception;
}
