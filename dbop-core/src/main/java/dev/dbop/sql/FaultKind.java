package dev.dbop.sql;

/** What went wrong, in the terms of any database. For conditions, logs and metrics; the verdict is in the row. */
public enum FaultKind {
    /** A cycle of lock waits was broken at this transaction's expense. */
    DEADLOCK,
    /** A lock was not granted in time, or not at once where waiting was ruled out. */
    LOCK_TIMEOUT,
    /** A concurrent transaction made this one's snapshot, or its place in a serial order, impossible. */
    SERIALIZATION,
    /** A statement or transaction ran longer than a limit set for it. */
    STATEMENT_TIMEOUT,
    /** Somebody asked the server to stop the statement. */
    CANCELLED,
    /** The server has rolled the transaction back for a reason other than contention. */
    TRANSACTION_LOST,
    /** The connection broke, was closed by the server, or could not be made. */
    CONNECTION,
    /** The server does not serve at the moment: starting, stopping, full, or not the primary. */
    UNAVAILABLE,
    /** Disk, memory or another resource ran out, or storage failed. */
    RESOURCES,
    /** Something was to be written where only reading is allowed. */
    READ_ONLY,
    /** The data would have violated a constraint. */
    CONSTRAINT,
    /** A prepared statement or a cached plan no longer fits what it was made for. */
    STALE_PLAN,
    /**
     * The error only follows from an earlier one: a statement in a failed transaction, a savepoint that went with its
     * transaction, a call on a closed connection. It never masks the earlier failure, and alone it says little.
     */
    AFTERMATH,
    /** Another condition that passes by itself. */
    TRANSIENT,
    /** Anything that trying again cannot help: wrong SQL, wrong data, missing rights, a business rule. */
    INVALID;

    /**
     * Says whether the fault comes from transactions getting in each other's way. On PostgreSQL under REPEATABLE READ
     * and SERIALIZABLE such a fault needs a new snapshot, so that going back to a savepoint does not help; InnoDB's
     * writes see the newest committed row at every level. A statement timeout counts: a statement that waits for a lock
     * runs into it just as well.
     *
     * @return true for {@link #DEADLOCK}, {@link #LOCK_TIMEOUT}, {@link #SERIALIZATION} and {@link #STATEMENT_TIMEOUT}
     */
    public boolean isContention() {
        return switch (this) {
            case DEADLOCK, LOCK_TIMEOUT, SERIALIZATION, STATEMENT_TIMEOUT -> true;
            default -> false;
        };
    }
}
