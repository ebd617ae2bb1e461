package dev.dbop.sql;

import static dev.dbop.Verdict.OUTCOME_UNKNOWN;
import static dev.dbop.sql.FaultKind.AFTERMATH;
import static dev.dbop.sql.FaultKind.CANCELLED;
import static dev.dbop.sql.FaultKind.CONSTRAINT;
import static dev.dbop.sql.FaultKind.INVALID;
import static dev.dbop.sql.FaultKind.LOCK_TIMEOUT;
import static dev.dbop.sql.FaultKind.READ_ONLY;
import static dev.dbop.sql.FaultKind.RESOURCES;
import static dev.dbop.sql.FaultKind.SERIALIZATION;
import static dev.dbop.sql.FaultKind.STALE_PLAN;
import static dev.dbop.sql.FaultKind.TRANSACTION_LOST;
import static dev.dbop.sql.FaultKind.TRANSIENT;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.HOPELESS_AND_LOST;
import static dev.dbop.sql.Handling.LOST_TRANSACTION;
import static dev.dbop.sql.Handling.STALE_TRANSACTION;
import static dev.dbop.sql.Handling.STATEMENT_ONLY;
import static dev.dbop.sql.Row.code;

import java.util.List;

/** What SQLite reports. Codes are result codes; an extended one is looked up before its primary one (the low byte). */
final class SqliteFaults {
    private static final String CODES = "SQLite documentation, Result and Error Codes";
    private static final String MEASURED = "measured on SQLite 3.54";
    private static final String BOTH = "SQLite documentation, Result and Error Codes; measured on SQLite 3.54";
    private static final String ROLLBACK =
            "SQLite documentation, Transaction (errors that roll back); measured on SQLite 3.54";
    private static final String ROLLBACK_PAGE = "SQLite documentation, Transaction (errors that roll back)";
    private static final String SHARED = "SQLite documentation, Shared-Cache Mode; measured on SQLite 3.54";

    private SqliteFaults() {}

    static List<Fault> rows() {
        return Row.join(locking(), rolledBack(), hopeless());
    }

    private static List<Fault> locking() {
        return List.of(
                code(5, LOCK_TIMEOUT, STALE_TRANSACTION, "SQLITE_BUSY", BOTH)
                        .because("Another connection holds the lock, and inside a transaction that has read, waiting"
                                + " would deadlock; a COMMIT that is BUSY keeps its transaction, so the attempt"
                                + " repeats the COMMIT alone and rolls back when it gives that up."),
                code(261, LOCK_TIMEOUT, STALE_TRANSACTION, "SQLITE_BUSY_RECOVERY", CODES)
                        .because("Another process is recovering the write-ahead log, which takes a moment."),
                code(517, SERIALIZATION, STALE_TRANSACTION, "SQLITE_BUSY_SNAPSHOT", BOTH)
                        .because("The snapshot is older than the last commit and can never be written to, in"
                                + " whatever savepoint it was taken."),
                code(773, LOCK_TIMEOUT, STALE_TRANSACTION, "SQLITE_BUSY_TIMEOUT", CODES)
                        .because("A blocking lock was not granted in time."),
                code(6, INVALID, HOPELESS, "SQLITE_LOCKED", BOTH)
                        .because("A statement of this very connection is still open: close its result set."),
                code(262, LOCK_TIMEOUT, STALE_TRANSACTION, "SQLITE_LOCKED_SHAREDCACHE", SHARED)
                        .because("Another connection of the shared cache is writing, and busy_timeout does not wait"
                                + " for it."),
                code(15, TRANSIENT, STALE_TRANSACTION, "SQLITE_PROTOCOL", CODES)
                        .because("Several processes raced to open the write-ahead log."),
                code(17, STALE_PLAN, STATEMENT_ONLY, "SQLITE_SCHEMA", CODES)
                        .because("The schema changed under a prepared statement more often than SQLite cares to"
                                + " prepare it again."));
    }

    private static List<Fault> rolledBack() {
        return List.of(
                code(9, CANCELLED, LOST_TRANSACTION, "SQLITE_INTERRUPT", ROLLBACK)
                        .because("A write that is interrupted loses the whole transaction; only this process can"
                                + " interrupt, and the attempt raises this to GIVE_UP where it did not do so itself."),
                code(516, TRANSACTION_LOST, LOST_TRANSACTION, "SQLITE_ABORT_ROLLBACK", CODES)
                        .because("The transaction was rolled back while this statement was still reading."),
                code(13, RESOURCES, HOPELESS_AND_LOST, "SQLITE_FULL", ROLLBACK)
                        .because("Quick retries only find the disk as full as before."),
                code(10, RESOURCES, HOPELESS_AND_LOST, "SQLITE_IOERR", ROLLBACK_PAGE)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("Storage failed; after a COMMIT whose write or sync failed, only the next open"
                                + " tells what the file holds."),
                code(7, RESOURCES, HOPELESS_AND_LOST, "SQLITE_NOMEM", ROLLBACK_PAGE)
                        .because("Memory ran out; quick retries make it worse."),
                code(1811, CONSTRAINT, HOPELESS, "SQLITE_CONSTRAINT_TRIGGER", MEASURED)
                        .because("A trigger refused the change; after RAISE(ROLLBACK) the whole transaction is gone"
                                + " as well."));
    }

    private static List<Fault> hopeless() {
        return List.of(
                code(19, CONSTRAINT, HOPELESS, "SQLITE_CONSTRAINT", BOTH)
                        .because("The data would have violated a constraint; unless ON CONFLICT ROLLBACK was asked"
                                + " for, only the statement is undone."),
                code(787, CONSTRAINT, HOPELESS, "SQLITE_CONSTRAINT_FOREIGNKEY", MEASURED)
                        .because("A foreign key is violated; if deferred, COMMIT says so and leaves the transaction"
                                + " open, to be rolled back."),
                code(8, READ_ONLY, HOPELESS, "SQLITE_READONLY", BOTH)
                        .because("The file, the connection or query_only forbids writing."),
                code(1032, READ_ONLY, HOPELESS, "SQLITE_READONLY_DBMOVED", BOTH)
                        .because("The database file was moved or deleted while it was open."),
                code(14, RESOURCES, HOPELESS, "SQLITE_CANTOPEN", BOTH)
                        .because("The file cannot be opened: path, permissions or number of open files."),
                code(11, RESOURCES, HOPELESS, "SQLITE_CORRUPT", CODES).because("The file is damaged."),
                code(26, INVALID, HOPELESS, "SQLITE_NOTADB", BOTH).because("The file is not a SQLite database."),
                code(1, AFTERMATH, HOPELESS, "SQLITE_ERROR", MEASURED)
                        .when("no such savepoint")
                        .because("The savepoint went with its transaction; whatever ended that is the failure to"
                                + " look at."),
                code(1, AFTERMATH, HOPELESS, "SQLITE_ERROR", MEASURED)
                        .when("no transaction is active")
                        .because("The transaction was already over; whatever ended it is the failure to look at."),
                invalid(1, "SQLITE_ERROR", "The SQL is wrong, or does not fit the state of the transaction."),
                invalid(2, "SQLITE_INTERNAL", "SQLite found a fault of its own."),
                invalid(3, "SQLITE_PERM", "The file's access mode cannot be had."),
                invalid(4, "SQLITE_ABORT", "A callback asked to stop."),
                invalid(12, "SQLITE_NOTFOUND", "The file control is unknown."),
                invalid(16, "SQLITE_EMPTY", "The code is not used."),
                invalid(18, "SQLITE_TOOBIG", "A value is too large."),
                invalid(20, "SQLITE_MISMATCH", "A value has the wrong type."),
                invalid(21, "SQLITE_MISUSE", "The library was called wrongly."),
                invalid(22, "SQLITE_NOLFS", "The file is larger than the system can handle."),
                invalid(23, "SQLITE_AUTH", "The authorizer said no."),
                invalid(24, "SQLITE_FORMAT", "The code is not used."),
                invalid(25, "SQLITE_RANGE", "A parameter's or column's number is out of range."));
    }

    private static Fault invalid(int code, String name, String reason) {
        return code(code, INVALID, HOPELESS, name, CODES).because(reason);
    }
}
