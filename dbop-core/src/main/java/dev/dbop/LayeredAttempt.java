package dev.dbop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a {@link LayeredScope}: the attempt below, which does everything, with another resource. A layer that keeps
 * something until the attempt ends (a session to flush, a cache to clear) overrides {@link #beforeCommit}, {@link #commit} and
 * {@link #rollback}, each of which has to end the attempt below as well.
 *
 * @param <S> the resource below
 * @param <R> the resource handed to the operation
 * @param <X> the checked exception of the client
 */
public class LayeredAttempt<S, R, X extends Exception> implements Attempt<R, X> {
    final Attempt<S, ?> below;
    private final LayeredScope<S, R, X> scope;
    private final R resource;

    /**
     * Lays a resource over an attempt.
     *
     * @param scope the scope that opens this attempt
     * @param below the open attempt
     * @param resource handed to the operation
     */
    public LayeredAttempt(LayeredScope<S, R, X> scope, Attempt<S, ?> below, R resource) {
        this.scope = Objects.requireNonNull(scope, "scope");
        this.below = Objects.requireNonNull(below, "below");
        this.resource = Objects.requireNonNull(resource, "resource");
    }

    /**
     * Returns the attempt this one lies over.
     *
     * @return to be ended with this one, exactly once
     */
    protected final Attempt<S, ?> below() {
        return below;
    }

    @Override
    public final R resource() {
        return resource;
    }

    @Override
    public void beforeCommit() throws X {
        try {
            below.beforeCommit();
        } catch (Exception failure) {
            throw scope.inClientsTerms(failure);
        }
    }

    @Override
    public void commit() throws X {
        try {
            below.commit();
        } catch (Exception failure) {
            throw scope.inClientsTerms(failure);
        }
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        return below.rollback(cause, phase, verdict);
    }

    @Override
    public final @Nullable CommitProbe commitProbe() {
        return below.commitProbe();
    }

    @Override
    public final void cancel() {
        below.cancel();
    }
}
