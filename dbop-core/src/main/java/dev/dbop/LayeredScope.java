package dev.dbop;

import dev.dbop.sql.Database;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A scope on top of another one: its attempts are those of the scope below, with another client's resource laid over
 * theirs, as a query builder, a mapper or a session over the connection of a JDBC attempt. Everything that ties dbop to the
 * database stays below; the layer makes the resource and speaks the client's exceptions.
 *
 * @param <S> the resource below
 * @param <R> the resource handed to the operation
 * @param <X> the checked exception of the client; {@link RuntimeException} if it has none
 */
public abstract class LayeredScope<S, R, X extends Exception> implements AttemptScope<R, X> {
    private final AttemptScope<S, ?> below;

    /**
     * Lays a scope over another one.
     *
     * @param below opens the attempts
     */
    protected LayeredScope(AttemptScope<S, ?> below) {
        this.below = Objects.requireNonNull(below, "below");
    }

    @Override
    public Reach reach() {
        return below.reach();
    }

    @Override
    public Classifier classifier() {
        return below.classifier();
    }

    @Override
    public Deadline deadline() {
        return below.deadline();
    }

    @Override
    public @Nullable Database database() {
        return below.database();
    }

    @Override
    public void beforeCall() throws X {
        try {
            below.beforeCall();
        } catch (Exception failure) {
            throw inClientsTerms(failure);
        }
    }

    @Override
    public final Attempt<R, X> open(AttemptContext context) throws X {
        Object previous = context.previousAttempt();
        AttemptContext contextBelow =
                context.withPrevious(previous instanceof LayeredAttempt<?, ?, ?> layered ? layered.below : previous);
        Attempt<S, ?> attempt;
        try {
            attempt = below.open(contextBelow);
        } catch (Exception failure) {
            throw inClientsTerms(failure);
        }
        try {
            return layer(attempt, context);
        } catch (Throwable failure) {
            attempt.rollback(failure, Phase.OPEN, Verdict.GIVE_UP);
            throw failure;
        }
    }

    /**
     * Lays the client's resource over an open attempt.
     *
     * @param attempt open; rolled back if this throws
     * @param context the attempt
     * @return the attempt as the operation sees it
     * @throws X if the resource cannot be made
     */
    protected abstract LayeredAttempt<S, R, X> layer(Attempt<S, ?> attempt, AttemptContext context) throws X;

    /**
     * Puts a checked exception of the scope below into the client's own, with that exception as its cause.
     *
     * @param failure never a {@link RuntimeException}; those are thrown as they are
     * @return what is thrown
     */
    protected abstract X translate(Exception failure);

    final X inClientsTerms(Exception failure) {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return translate(failure);
    }

    @Override
    public String toString() {
        return below.toString();
    }
}
