package dev.dbop;

import dev.dbop.sql.Database;
import org.jspecify.annotations.Nullable;

/** What the engine asks of every scope, blocking or asynchronous, before and between attempts. Any thread; no I/O. */
public sealed interface Scope permits AttemptScope, AsyncAttemptScope {
    /**
     * Returns how far this scope can undo. Asked once in a call, before the first attempt is opened.
     *
     * @return the reach of every attempt it opens in the current call
     */
    Reach reach();

    /**
     * Returns the classifier used when the call names none: normally the adapter's own.
     *
     * @return the scope's classifier; {@link Classifier#none()} unless overridden
     */
    default Classifier classifier() {
        return Classifier.none();
    }

    /**
     * Returns the deadline of the work this scope is part of: a savepoint never outlasts its transaction's attempt.
     *
     * @return the enclosing deadline; {@link Deadline#none()} unless overridden
     */
    default Deadline deadline() {
        return Deadline.none();
    }

    /**
     * Returns the database behind the scope, for events and logs.
     *
     * @return the database, or null while it is not known
     */
    default @Nullable Database database() {
        return null;
    }
}
