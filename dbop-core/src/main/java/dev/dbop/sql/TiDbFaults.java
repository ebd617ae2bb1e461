package dev.dbop.sql;

import static dev.dbop.Verdict.OUTCOME_UNKNOWN;
import static dev.dbop.sql.FaultKind.CANCELLED;
import static dev.dbop.sql.FaultKind.DEADLOCK;
import static dev.dbop.sql.FaultKind.INVALID;
import static dev.dbop.sql.FaultKind.LOCK_TIMEOUT;
import static dev.dbop.sql.FaultKind.RESOURCES;
import static dev.dbop.sql.FaultKind.SERIALIZATION;
import static dev.dbop.sql.FaultKind.TRANSACTION_LOST;
import static dev.dbop.sql.FaultKind.UNAVAILABLE;
import static dev.dbop.sql.Handling.CLUSTER_TROUBLE;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.LOST_TRANSACTION;
import static dev.dbop.sql.Handling.STALE_TRANSACTION;
import static dev.dbop.sql.Row.code;
import static dev.dbop.sql.Row.state;

import java.util.List;

/** Where TiDB departs from MySQL. A commit whose result it does not know it answers by closing the connection. */
final class TiDbFaults {
    private static final String CODES = "TiDB docs, Error Codes and Troubleshooting";
    private static final String SOURCE = "TiDB source, package errno";
    private static final String DEADLOCK_PAGE = "TiDB docs, Handle Transaction Errors";

    private TiDbFaults() {}

    static List<Fault> rows() {
        return Row.join(transaction(), cluster(), hopeless());
    }

    private static List<Fault> transaction() {
        return List.of(
                code(1213, DEADLOCK, LOST_TRANSACTION, "ErrLockDeadlock", DEADLOCK_PAGE)
                        .because("TiDB rolls the whole transaction back."),
                code(8002, SERIALIZATION, LOST_TRANSACTION, "ErrForUpdateCantRetry", CODES)
                        .because("A transaction with SELECT FOR UPDATE met a conflict at commit and was rolled back."),
                code(8005, SERIALIZATION, LOST_TRANSACTION, "ErrWriteConflictInTiDB", CODES)
                        .because("Another transaction wrote the same rows first."),
                code(8022, TRANSACTION_LOST, LOST_TRANSACTION, "ErrTxnRetryable", CODES)
                        .because("The commit failed and was rolled back; the manual calls a retry safe."),
                code(8024, TRANSACTION_LOST, LOST_TRANSACTION, "ErrInvalidTxn", CODES)
                        .because("The session's transaction is no longer valid."),
                code(8027, UNAVAILABLE, STALE_TRANSACTION, "ErrInfoSchemaExpired", CODES)
                        .because("The node's schema is older than the cluster's; it refuses work until it has caught"
                                + " up."),
                code(8028, SERIALIZATION, STALE_TRANSACTION, "ErrInfoSchemaChanged", CODES)
                        .because("A table changed under the transaction; under metadata locking the transaction"
                                + " stays open, but its snapshot does not help it."),
                code(8055, SERIALIZATION, STALE_TRANSACTION, "ErrSnapshotTooOld", CODES)
                        .because("The snapshot's data may have been collected as garbage."),
                code(8147, TRANSACTION_LOST, LOST_TRANSACTION, "ErrLazyUniquenessCheckFailure", CODES)
                        .because("A uniqueness check put off until later failed, and the transaction was aborted."),
                code(8229, TRANSACTION_LOST, LOST_TRANSACTION, "ErrLockExpire", CODES)
                        .because("The transaction outlived the time TiDB keeps its locks."),
                code(9006, SERIALIZATION, STALE_TRANSACTION, "ErrGCTooEarly", CODES)
                        .because("The transaction outlived the data of its snapshot."),
                code(9007, SERIALIZATION, LOST_TRANSACTION, "ErrWriteConflict", CODES)
                        .because("Another transaction wrote the same rows first."),
                code(8020, LOCK_TIMEOUT, STALE_TRANSACTION, "ErrTableLocked", CODES)
                        .because("Another session has locked the table with LOCK TABLES."));
    }

    private static List<Fault> cluster() {
        return List.of(
                cluster(8120, "ErrGetStartTS", "The placement driver gave out no timestamp."),
                cluster(8252, "ErrResourceGroupThrottled", "The resource group has used up its quota for now."),
                cluster(9001, "ErrPDServerTimeout", "The placement driver did not answer in time."),
                cluster(9002, "ErrTiKVServerTimeout", "TiKV did not answer in time."),
                cluster(9003, "ErrTiKVServerBusy", "TiKV is overloaded."),
                code(9004, LOCK_TIMEOUT, CLUSTER_TROUBLE, "ErrResolveLockTimeout", CODES)
                        .because("Locks other transactions left behind could not be cleared in time."),
                cluster(9005, "ErrRegionUnavailable", "Some of the data has no leader at the moment."),
                cluster(9008, "ErrTiKVStoreLimit", "Too many requests are under way to one TiKV node."),
                cluster(9010, "ErrTiKVStaleCommand", "TiKV dropped a command meant for an earlier leader."),
                code(9011, UNAVAILABLE, CLUSTER_TROUBLE, "ErrTiKVMaxTimestampNotSynced", SOURCE)
                        .because("A new leader is not ready to commit yet."),
                cluster(9012, "ErrTiFlashServerTimeout", "TiFlash did not answer in time."),
                cluster(9013, "ErrTiFlashServerBusy", "TiFlash is overloaded."));
    }

    private static Fault cluster(int code, String name, String reason) {
        return code(code, UNAVAILABLE, CLUSTER_TROUBLE, name, CODES).because(reason);
    }

    private static List<Fault> hopeless() {
        return List.of(
                code(8001, RESOURCES, HOPELESS, "ErrMemExceedThreshold", CODES)
                        .because("The statement needs more memory than it may have, and will again."),
                code(8004, RESOURCES, HOPELESS, "ErrTxnTooLarge", CODES).because("The transaction is too large."),
                code(9500, RESOURCES, HOPELESS, "transaction too large", CODES)
                        .because("The transaction is too large."),
                code(8025, RESOURCES, HOPELESS, "ErrEntryTooLarge", CODES).because("The row is too large."),
                code(8175, RESOURCES, HOPELESS, "ErrMemoryExceedForQuery", SOURCE)
                        .because("The statement was stopped for the memory it took, and would be again."),
                code(8176, RESOURCES, HOPELESS, "ErrMemoryExceedForInstance", SOURCE)
                        .because("The node ran out of memory and stopped its largest statement."),
                code(8253, CANCELLED, HOPELESS, "ErrResourceGroupQueryRunawayInterrupted", SOURCE)
                        .because("A rule against runaway statements stopped it, and would again."),
                code(8254, CANCELLED, HOPELESS, "ErrResourceGroupQueryRunawayQuarantine", SOURCE)
                        .because("The statement is in quarantine as a runaway."),
                code(8130, INVALID, HOPELESS, "ErrMultiStatementDisabled", CODES)
                        .because("Several statements in one text are not allowed."),
                code(1105, INVALID, HOPELESS, "ErrUnknown", CODES)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("TiDB has no code for it; at COMMIT it does not say whether it happened."),
                state("HY", INVALID, HOPELESS, "general error", CODES)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("Almost every error of TiDB's own is a general error, those of a commit in trouble"
                                + " included."));
    }
}
