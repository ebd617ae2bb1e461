package dev.dbop.sql;

import static dev.dbop.sql.FaultKind.CONNECTION;
import static dev.dbop.sql.FaultKind.CONSTRAINT;
import static dev.dbop.sql.FaultKind.DEADLOCK;
import static dev.dbop.sql.FaultKind.INVALID;
import static dev.dbop.sql.FaultKind.LOCK_TIMEOUT;
import static dev.dbop.sql.FaultKind.STATEMENT_TIMEOUT;
import static dev.dbop.sql.FaultKind.TRANSACTION_LOST;
import static dev.dbop.sql.FaultKind.UNAVAILABLE;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.LOST_CONNECTION;
import static dev.dbop.sql.Handling.LOST_TRANSACTION;
import static dev.dbop.sql.Handling.NEVER_RAN;
import static dev.dbop.sql.Handling.STALE_TRANSACTION;
import static dev.dbop.sql.Handling.STATEMENT_ONLY;
import static dev.dbop.sql.Handling.WRONG_SERVER;
import static dev.dbop.sql.Row.code;

import java.util.List;

/** What MySQL and Group Replication report beside {@link InnoDbFaults}; the same numbers mean other things in MariaDB. */
final class MySqlFaults {
    private static final String CODES = "MySQL Error Reference, Server Error Messages";
    private static final String MEASURED = "measured on MySQL 8.0 and 9.7";
    private static final String GROUP = "MySQL manual, Group Replication; measured on MySQL 8.0";
    private static final String GROUP_MANUAL = "MySQL manual, Group Replication";
    private static final String CONSISTENCY = "MySQL manual, Transaction Consistency Guarantees";
    private static final String GET_LOCK = "MySQL manual, Locking Functions";
    private static final String OFFLINE = "MySQL manual, offline_mode";

    private MySqlFaults() {}

    static List<Fault> rows() {
        return List.of(
                code(3572, LOCK_TIMEOUT, STATEMENT_ONLY, "ER_LOCK_NOWAIT", MEASURED)
                        .because("NOWAIT found a lock; the transaction lives, innodb_rollback_on_timeout or not."),
                code(3024, STATEMENT_TIMEOUT, STATEMENT_ONLY, "ER_QUERY_TIMEOUT", MEASURED)
                        .because("max_execution_time stopped a SELECT; the code tells it from somebody's cancel, so"
                                + " it is retried whoever has set the limit."),
                code(3058, DEADLOCK, STALE_TRANSACTION, "ER_USER_LOCK_DEADLOCK", GET_LOCK)
                        .because("Waiting for a named lock would have closed a cycle; named locks outlive a"
                                + " rollback, so release them too."),
                code(3101, TRANSACTION_LOST, LOST_TRANSACTION, "ER_TRANSACTION_ROLLBACK_DURING_COMMIT", GROUP)
                        .because("Another member of the group committed a conflicting transaction first."),
                code(3100, UNAVAILABLE, WRONG_SERVER, "ER_RUN_HOOK_ERROR", GROUP_MANUAL)
                        .because("The member cannot take part in the group, and rolled the transaction back before"
                                + " its commit."),
                code(3796, INVALID, HOPELESS, "ER_GRP_TRX_CONSISTENCY_NOT_ALLOWED", CONSISTENCY)
                        .because("The group's consistency level does not allow the transaction."),
                code(3797, UNAVAILABLE, STALE_TRANSACTION, "ER_GRP_TRX_CONSISTENCY_BEFORE", CONSISTENCY)
                        .because("The member could not catch up with the group in time, before the transaction did"
                                + " anything."),
                code(3798, UNAVAILABLE, STALE_TRANSACTION, "ER_GRP_TRX_CONSISTENCY_AFTER_ON_TRX_BEGIN", CONSISTENCY)
                        .because("The member could not wait out earlier transactions, before this one did anything."),
                code(3799, UNAVAILABLE, WRONG_SERVER, "ER_GRP_TRX_CONSISTENCY_BEGIN_NOT_ALLOWED", CONSISTENCY)
                        .because("The member is leaving the group and begins no more transactions."),
                code(3098, INVALID, HOPELESS, "ER_BEFORE_DML_VALIDATION_ERROR", GROUP)
                        .because("The table does not meet Group Replication's requirements: no primary key, or"
                                + " SERIALIZABLE."),
                code(3032, UNAVAILABLE, LOST_CONNECTION, "ER_SERVER_OFFLINE_MODE", OFFLINE)
                        .because("An operator took the server out of service; it disconnects users at their next"
                                + " request."),
                code(3168, UNAVAILABLE, NEVER_RAN, "ER_SERVER_ISNT_AVAILABLE", CODES)
                        .because("The server is not ready for the request yet."),
                code(3169, CONNECTION, LOST_CONNECTION, "ER_SESSION_WAS_KILLED", CODES)
                        .because("The session was killed."),
                code(4031, CONNECTION, NEVER_RAN, "ER_CLIENT_INTERACTION_TIMEOUT", MEASURED)
                        .because("wait_timeout ended the idle session before the statement arrived; it was not"
                                + " executed, even if it was COMMIT."),
                code(3819, CONSTRAINT, HOPELESS, "ER_CHECK_CONSTRAINT_VIOLATED", CODES)
                        .because("The data would have violated a check constraint."));
    }
}
