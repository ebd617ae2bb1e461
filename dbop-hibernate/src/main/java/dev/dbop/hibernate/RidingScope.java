package dev.dbop.hibernate;

import dev.dbop.AttemptScope;
import jakarta.persistence.PersistenceException;

/** A scope whose attempts may have their beginning travel with the first statement. */
interface RidingScope<S> extends AttemptScope<S, PersistenceException> {
    /** The same scope, with riding prologues. */
    AttemptScope<S, PersistenceException> riding();
}
