package dev.dbop.sql;

/**
 * How much the server has already undone by itself when an error arrives outside COMMIT. An error in answer to COMMIT
 * has undone the transaction, unless its row says otherwise.
 */
public enum Undone {
    /**
     * The failed statement, no more: a savepoint set before it still stands. PostgreSQL refuses further statements until
     * ROLLBACK or ROLLBACK TO SAVEPOINT is sent.
     */
    STATEMENT,
    /** The whole transaction, its savepoints included; the connection is still good. */
    TRANSACTION,
    /** The connection is closed or was never made; the server undoes an open transaction by itself. */
    CONNECTION
}
