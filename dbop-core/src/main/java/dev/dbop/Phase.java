package dev.dbop;

/** The part of an attempt in which a failure arose. Its weight differs: only a COMMIT can leave the outcome unknown. */
public enum Phase {
    /** The scope was taking a connection, or beginning the transaction or savepoint. */
    OPEN,
    /** The {@link PreAttemptHook} was running. */
    HOOK,
    /** The operation was running. */
    OPERATION,
    /** The scope was committing the transaction or releasing the savepoint. */
    COMMIT
}
