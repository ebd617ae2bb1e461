package dev.dbop;

/** What a {@link CommitProbe} has found out about a COMMIT whose answer never came. */
public enum CommitStatus {
    /** The work is durable. */
    COMMITTED,
    /** The work is undone and can never become durable: not now, and not by a COMMIT that is still on its way. */
    ABORTED,
    /** Neither is certain yet: the transaction is still open. Asking again will help. */
    IN_DOUBT,
    /** Nobody will ever be able to tell: what the database would have known it by is gone. Asking again is no use. */
    UNKNOWN
}
