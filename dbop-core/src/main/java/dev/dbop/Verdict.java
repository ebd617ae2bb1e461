package dev.dbop;

/**
 * What a failure calls for: how much has to be undone before the operation may run again, or that it must not.
 *
 * <p>The constants are ordered by caution. A verdict may be raised to a later constant by whoever knows more, and is
 * never lowered; {@link #atLeast} does that.
 */
public enum Verdict {
    /** Rolling back to the savepoint is enough; the enclosing transaction is alive and its snapshot still serves. */
    RETRY_SAVEPOINT,
    /** The transaction is lost or its snapshot is stale: the whole transaction has to run again. */
    RETRY_TRANSACTION,
    /** The connection is gone, or not to be trusted: the transaction has to run again on another one. */
    RETRY_CONNECTION,
    /** Trying again cannot help: a violated constraint, a syntax error, a human's cancel. */
    GIVE_UP,
    /** The work may or may not have become durable; it must not be repeated blindly. */
    OUTCOME_UNKNOWN;

    /**
     * Returns the more careful of this verdict and another.
     *
     * @param other the verdict to compare with
     * @return whichever of the two comes later in the declaration
     */
    public Verdict atLeast(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
