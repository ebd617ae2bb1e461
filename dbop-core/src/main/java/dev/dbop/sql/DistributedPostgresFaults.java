package dev.dbop.sql;

import static dev.dbop.Verdict.OUTCOME_UNKNOWN;
import static dev.dbop.sql.FaultKind.CANCELLED;
import static dev.dbop.sql.FaultKind.DEADLOCK;
import static dev.dbop.sql.FaultKind.INVALID;
import static dev.dbop.sql.FaultKind.SERIALIZATION;
import static dev.dbop.sql.FaultKind.STALE_PLAN;
import static dev.dbop.sql.FaultKind.STATEMENT_TIMEOUT;
import static dev.dbop.sql.FaultKind.TRANSIENT;
import static dev.dbop.sql.FaultKind.UNAVAILABLE;
import static dev.dbop.sql.Handling.CLUSTER_TROUBLE;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.LOST_TRANSACTION;
import static dev.dbop.sql.Handling.STALE_TRANSACTION;
import static dev.dbop.sql.Handling.STATEMENT_ONLY;
import static dev.dbop.sql.Handling.UNKNOWN;
import static dev.dbop.sql.Row.state;

import java.util.List;

/** Where CockroachDB and YugabyteDB depart from PostgreSQL. */
final class DistributedPostgresFaults {
    private static final String RETRY_REFERENCE = "CockroachDB docs, Transaction Retry Error Reference";
    private static final String COMMON_ERRORS = "CockroachDB docs, Common Errors and Solutions";
    private static final String COCKROACH_CODES = "CockroachDB source, package pgcode";
    private static final String COCKROACH_TIMEOUTS =
            "CockroachDB docs, Session Variables (statement_timeout, transaction_timeout)";
    private static final String YSQL_CODES = "YugabyteDB docs, Transaction error codes in YSQL";
    private static final String YUGABYTE_ISSUES = "YugabyteDB issues 6139 and 10517 (RPC timeouts reported as XX000)";
    private static final String YUGABYTE_DDL = "YugabyteDB issues 1457 and 5196 (catalog and schema version mismatch)";

    private DistributedPostgresFaults() {}

    static List<Fault> cockroach() {
        return List.of(
                state("40001", SERIALIZATION, LOST_TRANSACTION, "serialization_failure", RETRY_REFERENCE)
                        .because("The transaction has to restart as a whole; of all savepoints only"
                                + " cockroach_restart, set first of all, could carry that."),
                state("40003", TRANSIENT, UNKNOWN, "statement_completion_unknown", COMMON_ERRORS)
                        .because("The result is ambiguous: the node lost touch with the others while it committed;"
                                + " it comes with COMMIT and with statements that commit by themselves."),
                state("57014", STATEMENT_TIMEOUT, STATEMENT_ONLY, "query_canceled", COCKROACH_TIMEOUTS)
                        .when("statement timeout")
                        .because("statement_timeout stopped the statement; a rollback to the savepoint revives the"
                                + " transaction."),
                state("57014", STATEMENT_TIMEOUT, STALE_TRANSACTION, "query_canceled", COCKROACH_TIMEOUTS)
                        .when("transaction timeout")
                        .because("The transaction has used up its time, and a savepoint gives none back."),
                state("57014", CANCELLED, HOPELESS, "query_canceled", COCKROACH_TIMEOUTS)
                        .because("Without a word of a timeout it was CANCEL QUERY or a client's cancel; messages are"
                                + " always English."),
                state("58C00", UNAVAILABLE, CLUSTER_TROUBLE, "range_unavailable", COCKROACH_CODES)
                        .because("Too few replicas of some data answer; they may be back soon."),
                state("58C01", UNAVAILABLE, CLUSTER_TROUBLE, "internal_connection_failure", COCKROACH_CODES)
                        .because("Nodes lost each other while they worked for this statement."),
                state("XXA00", INVALID, HOPELESS, "transaction_committed_with_schema_change_failure", COCKROACH_CODES)
                        .because("The rows are committed and only the schema change failed, so that nothing must be"
                                + " repeated."),
                state("XC", INVALID, HOPELESS, "cockroach_extension", COCKROACH_CODES)
                        .because("A CockroachDB feature was used in a way it does not allow."),
                state("XX", INVALID, HOPELESS, "internal_error", COCKROACH_CODES)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("The server found a fault of its own; at COMMIT nothing says how far the other"
                                + " nodes had come."));
    }

    static List<Fault> yugabyte() {
        return List.of(
                state("40001", SERIALIZATION, LOST_TRANSACTION, "serialization_failure", YSQL_CODES)
                        .because("A conflict, a read restart or a schema change aborted the distributed transaction,"
                                + " and its savepoints with it."),
                state("40P01", DEADLOCK, LOST_TRANSACTION, "deadlock_detected", YSQL_CODES)
                        .because("The deadlock detector aborts the whole distributed transaction, not the statement."),
                state("XX000", STALE_PLAN, STALE_TRANSACTION, "internal_error", YUGABYTE_DDL)
                        .when("Catalog Version Mismatch")
                        .because("DDL ran on another node; older releases say so in an internal error."),
                state("XX000", STALE_PLAN, STALE_TRANSACTION, "internal_error", YUGABYTE_DDL)
                        .when("schema version mismatch")
                        .because("DDL ran on another node; older releases say so in an internal error."),
                yugabyteTimeout("Timed out"),
                yugabyteTimeout("timed out"),
                state("XX", INVALID, HOPELESS, "internal_error", YUGABYTE_ISSUES)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("Failures of the storage layer arrive as internal errors; at COMMIT they do not say"
                                + " whether it happened."));
    }

    private static Fault yugabyteTimeout(String fragment) {
        return state("XX000", UNAVAILABLE, CLUSTER_TROUBLE, "internal_error", YUGABYTE_ISSUES)
                .when(fragment)
                .because("A request to the storage nodes got no answer in time, and it may have been the commit.");
    }
}
