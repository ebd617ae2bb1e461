package dev.dbop.sql;

import static dev.dbop.Verdict.OUTCOME_UNKNOWN;
import static dev.dbop.sql.FaultKind.AFTERMATH;
import static dev.dbop.sql.FaultKind.CANCELLED;
import static dev.dbop.sql.FaultKind.CONNECTION;
import static dev.dbop.sql.FaultKind.CONSTRAINT;
import static dev.dbop.sql.FaultKind.DEADLOCK;
import static dev.dbop.sql.FaultKind.INVALID;
import static dev.dbop.sql.FaultKind.LOCK_TIMEOUT;
import static dev.dbop.sql.FaultKind.READ_ONLY;
import static dev.dbop.sql.FaultKind.RESOURCES;
import static dev.dbop.sql.FaultKind.SERIALIZATION;
import static dev.dbop.sql.FaultKind.STALE_PLAN;
import static dev.dbop.sql.FaultKind.STATEMENT_TIMEOUT;
import static dev.dbop.sql.FaultKind.TRANSIENT;
import static dev.dbop.sql.FaultKind.UNAVAILABLE;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.LOST_CONNECTION;
import static dev.dbop.sql.Handling.NEVER_RAN;
import static dev.dbop.sql.Handling.STALE_TRANSACTION;
import static dev.dbop.sql.Handling.STATEMENT_ONLY;
import static dev.dbop.sql.Handling.UNKNOWN;
import static dev.dbop.sql.Handling.WRONG_SERVER;
import static dev.dbop.sql.Row.state;

import java.util.List;

/** What PostgreSQL, its JDBC driver and the AWS wrapper around it report. */
final class PostgresFaults {
    private static final String CODES = "PostgreSQL manual, Appendix A: Error Codes";
    private static final String MEASURED = "measured on PostgreSQL 15";
    private static final String ISOLATION = "PostgreSQL manual, Transaction Isolation; measured on PostgreSQL 15";
    private static final String DEADLOCKS = "PostgreSQL manual, Deadlocks; measured on PostgreSQL 15";
    private static final String CLIENT = "PostgreSQL manual, Client Connection Defaults; measured on PostgreSQL 15";
    private static final String CLIENT_18 = "PostgreSQL manual, Client Connection Defaults; measured on PostgreSQL 18";
    private static final String STANDBY = "PostgreSQL manual, Hot Standby; measured on PostgreSQL 15";
    private static final String SHUTDOWN = "PostgreSQL manual, Shutting Down the Server; measured on PostgreSQL 15";
    private static final String CATALOG = "measured on PostgreSQL 15 (concurrent DDL)";
    private static final String TWO_PHASE = "measured on PostgreSQL 15 (two-phase commit)";
    private static final String SNAPSHOT = "PostgreSQL manual, old_snapshot_threshold (9.6 to 16)";
    private static final String BIND = "PostgreSQL source, exec_bind_message";
    private static final String RECOVERY = "PostgreSQL source, PreventCommandDuringRecovery";
    private static final String IN_USE = "PostgreSQL source, CheckTableNotInUse";
    private static final String CATALOG_INDEXES = "PostgreSQL manual, System Catalogs";
    private static final String PGJDBC_SOURCE = "pgjdbc source, PSQLState.CONNECTION_REJECTED";
    private static final String PGJDBC = "measured with pgjdbc 42.7";
    private static final String AWS = "AWS Advanced JDBC Wrapper, Failover Exception Codes";

    private PostgresFaults() {}

    static List<Fault> rows() {
        return Row.join(connection(), transaction(), catalogRaces(), server(), hopeless());
    }

    private static List<Fault> connection() {
        return List.of(
                state("08001", CONNECTION, LOST_CONNECTION, "sqlclient_unable_to_establish_sqlconnection", PGJDBC)
                        .because("No connection was made: refused, unknown host, timeout, or no host of the wanted"
                                + " role; at COMMIT it is a failed failover, and the lost connection's answer is"
                                + " missing."),
                state("08003", AFTERMATH, LOST_CONNECTION, "connection_does_not_exist", PGJDBC)
                        .because("The connection was already closed; whatever closed it is the failure to look at."),
                state("08004", INVALID, HOPELESS, "sqlserver_rejected_establishment_of_sqlconnection", PGJDBC_SOURCE)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("Driver and server do not agree on authentication or encryption: a matter of"
                                + " settings."),
                state("08007", CONNECTION, LOST_CONNECTION, "transaction_resolution_unknown", AWS)
                        .because("The wrapper lost the connection within a transaction and stands on another server;"
                                + " before COMMIT was sent nothing can have been committed, after it anything."),
                state("08S02", CONNECTION, LOST_CONNECTION, "communication_link_changed", AWS)
                        .because("The wrapper lost the connection outside a transaction and stands on another"
                                + " server, with the session's settings gone and the last statement's fate unknown."),
                state("08P01", INVALID, HOPELESS, "protocol_violation", BIND)
                        .raisedBy("exec_bind_message")
                        .when("bind message supplies")
                        .because("The statement was given a wrong number of parameters; the connection is fine."),
                state("08", CONNECTION, LOST_CONNECTION, "connection_exception", MEASURED)
                        .because("The connection broke; a cut before and after the server executed COMMIT look the"
                                + " same."),
                state("25P03", CONNECTION, NEVER_RAN, "idle_in_transaction_session_timeout", CLIENT)
                        .because("The server closed the session while it waited for the next statement, which is not"
                                + " executed even if it was COMMIT."),
                state("25P04", STATEMENT_TIMEOUT, LOST_CONNECTION, "transaction_timeout", CLIENT_18)
                        .because("transaction_timeout closes the connection wherever the transaction is, COMMIT"
                                + " included."),
                state("57P01", CONNECTION, LOST_CONNECTION, "admin_shutdown", SHUTDOWN)
                        .because("The session was terminated; of 131 COMMITs terminated in a race, 17 had happened."),
                state("57P02", CONNECTION, LOST_CONNECTION, "crash_shutdown", SHUTDOWN)
                        .because("Another server process crashed and all sessions were closed."),
                state("57P03", UNAVAILABLE, NEVER_RAN, "cannot_connect_now", SHUTDOWN)
                        .because("The server is starting, stopping or recovering and takes no connections yet."),
                state("57P04", CONNECTION, LOST_CONNECTION, "database_dropped", CODES)
                        .because("The database went away under the session; a new connection says 3D000 if it is"
                                + " gone for good."),
                state("57P05", CONNECTION, NEVER_RAN, "idle_session_timeout", CLIENT)
                        .because("The server closed an idle session; there was no transaction to lose."),
                state("53300", UNAVAILABLE, NEVER_RAN, "too_many_connections", MEASURED)
                        .because("All connections the server, the database or the role may have are taken; some will"
                                + " be given back."));
    }

    private static List<Fault> transaction() {
        return List.of(
                state("40001", SERIALIZATION, STALE_TRANSACTION, "serialization_failure", ISOLATION)
                        .because("The snapshot, or the place in the serial order, stays impossible however often a"
                                + " savepoint is redone."),
                state("40P01", DEADLOCK, STATEMENT_ONLY, "deadlock_detected", DEADLOCKS)
                        .because("The locks taken since the savepoint are freed with the error and the other party"
                                + " goes on; if the outer transaction holds a lock of the cycle it comes back, and"
                                + " the attempt raises it."),
                state("40002", CONSTRAINT, HOPELESS, "transaction_integrity_constraint_violation", CODES)
                        .because("The data would have violated a constraint."),
                state("40003", TRANSIENT, UNKNOWN, "statement_completion_unknown", CODES)
                        .because("The server does not know whether the statement took effect; PostgreSQL itself"
                                + " never says so."),
                state("40", TRANSIENT, STALE_TRANSACTION, "transaction_rollback", CODES)
                        .because("The class means that the transaction could not go on and may be tried again."),
                state("55P03", LOCK_TIMEOUT, STATEMENT_ONLY, "lock_not_available", MEASURED)
                        .because("lock_timeout or NOWAIT ended a lock wait; the savepoint stands, and at READ"
                                + " COMMITTED the next attempt sees what the holder did."),
                state("57014", CANCELLED, HOPELESS, "query_canceled", MEASURED)
                        .when("user request")
                        .because("Somebody cancelled the statement (pg_cancel_backend, Statement.cancel,"
                                + " setQueryTimeout); an attempt that sent the cancel itself knows so and does not"
                                + " ask."),
                state("57014", STATEMENT_TIMEOUT, STATEMENT_ONLY, "query_canceled", CLIENT)
                        .because("statement_timeout, or a cancel whose message is in another language: the attempt"
                                + " raises this to GIVE_UP where it set no timeout of its own."),
                state("25P02", AFTERMATH, HOPELESS, "in_failed_sql_transaction", MEASURED)
                        .because("A statement followed one that had failed; the first failure decides, and without"
                                + " one the operation swallowed it."),
                state("26000", STALE_PLAN, STATEMENT_ONLY, "invalid_sql_statement_name", PGJDBC)
                        .because("A prepared statement vanished from the session; the driver prepares it anew after"
                                + " a rollback to the savepoint."),
                state("0A000", STALE_PLAN, STATEMENT_ONLY, "feature_not_supported", PGJDBC)
                        .raisedBy("RevalidateCachedQuery")
                        .when("cached plan must not change result type")
                        .because("DDL changed the result of a prepared statement; the driver prepares it anew after"
                                + " a rollback to the savepoint."),
                state("72000", SERIALIZATION, STALE_TRANSACTION, "snapshot_too_old", SNAPSHOT)
                        .because("Rows the snapshot needs have been removed; a new snapshot does not need them."));
    }

    private static List<Fault> catalogRaces() {
        return List.of(
                state("XX000", TRANSIENT, STALE_TRANSACTION, "internal_error", CATALOG)
                        .raisedBy("simple_heap_update")
                        .when("tuple concurrently ")
                        .because("Two sessions changed the same catalog row, as GRANTs on one table do; the other"
                                + " one is done now."),
                catalogRace("pg_class_relname_nsp_index", CATALOG_INDEXES),
                catalogRace("pg_type_typname_nsp_index", CATALOG),
                catalogRace("pg_proc_proname_args_nsp_index", CATALOG),
                catalogRace("pg_namespace_nspname_index", CATALOG_INDEXES),
                catalogRace("pg_extension_name_index", CATALOG_INDEXES),
                catalogRace("pg_database_datname_index", CATALOG_INDEXES),
                catalogRace("pg_authid_rolname_index", CATALOG_INDEXES),
                state("55006", INVALID, HOPELESS, "object_in_use", IN_USE)
                        .raisedBy("CheckTableNotInUse")
                        .when("in this session")
                        .because("This very session still uses the table: close the cursor or result set before the"
                                + " DDL."),
                state("55006", TRANSIENT, STATEMENT_ONLY, "object_in_use", MEASURED)
                        .because("Somebody is connected to the database to be copied or dropped, after the server"
                                + " has waited 5 s for them to leave."),
                state("55000", TRANSIENT, STATEMENT_ONLY, "object_not_in_prerequisite_state", TWO_PHASE)
                        .when("is busy")
                        .because("Another session is finishing the same prepared transaction."));
    }

    private static Fault catalogRace(String index, String source) {
        return state("23505", TRANSIENT, STALE_TRANSACTION, "unique_violation", source)
                .when(index)
                .because("Two sessions created the same object; the second time, IF NOT EXISTS or OR REPLACE"
                        + " sees it.");
    }

    private static List<Fault> server() {
        return List.of(
                state("25006", READ_ONLY, WRONG_SERVER, "read_only_sql_transaction", RECOVERY)
                        .raisedBy("PreventCommandDuringRecovery")
                        .when("during recovery")
                        .because("Only a standby says this; another connection may lead to the primary."),
                state("25006", READ_ONLY, HOPELESS, "read_only_sql_transaction", STANDBY)
                        .because("The transaction may only read, by its own wish or because the server is a standby;"
                                + " the error does not tell."),
                state("53100", RESOURCES, HOPELESS, "disk_full", MEASURED)
                        .because("Quick retries only find the disk as full as before."),
                state("53200", RESOURCES, HOPELESS, "out_of_memory", MEASURED)
                        .because("Memory or the lock table ran out; quick retries make it worse."),
                state("53400", RESOURCES, HOPELESS, "configuration_limit_exceeded", MEASURED)
                        .because("The statement needs more than a limit such as temp_file_limit allows, and will"
                                + " again."),
                state("53", RESOURCES, HOPELESS, "insufficient_resources", CODES)
                        .because("The server ran out of something; quick retries make it worse."),
                state("58030", RESOURCES, HOPELESS, "io_error", CODES)
                        .because("Storage failed: a matter for the operator."),
                state("58", RESOURCES, HOPELESS, "system_error", CODES)
                        .because("Something outside the database failed: a matter for the operator."),
                state("XX001", RESOURCES, HOPELESS, "data_corrupted", CODES)
                        .because("Data is damaged: a matter for the operator."),
                state("XX002", RESOURCES, HOPELESS, "index_corrupted", CODES)
                        .because("An index is damaged: a matter for the operator."),
                state("57", CANCELLED, HOPELESS, "operator_intervention", CODES)
                        .because("An operator stepped in and is not to be contradicted."));
    }

    private static List<Fault> hopeless() {
        return List.of(
                state("23505", CONSTRAINT, HOPELESS, "unique_violation", MEASURED)
                        .because("The row exists; only an operation that reads again before it writes could do"
                                + " better, and it has to say so."),
                state("23", CONSTRAINT, HOPELESS, "integrity_constraint_violation", CODES)
                        .because("The data would have violated a constraint, at once or, if deferred, at COMMIT."),
                state("44", CONSTRAINT, HOPELESS, "with_check_option_violation", CODES)
                        .because("The row would not have been visible through the view."),
                invalid("03", "sql_statement_not_yet_complete", "The statement was used in the wrong order."),
                invalid("09", "triggered_action_exception", "A trigger failed."),
                invalid("0A", "feature_not_supported", "The server cannot do this at all, or not here."),
                invalid("0B", "invalid_transaction_initiation", "A transaction was begun where none may be."),
                invalid("0F", "locator_exception", "The locator is wrong."),
                invalid("0L", "invalid_grantor", "The grantor lacks the right."),
                invalid("0P", "invalid_role_specification", "The role is wrong."),
                invalid("0Z", "diagnostics_exception", "Diagnostics were asked for where there are none."),
                invalid("10", "xquery_error", "The XQuery expression is wrong."),
                invalid("20", "case_not_found", "No branch of a CASE matched."),
                invalid("21", "cardinality_violation", "A query returned the wrong number of rows."),
                invalid("22", "data_exception", "A value does not fit."),
                invalid("24", "invalid_cursor_state", "The cursor is not where it would have to be."),
                invalid("25", "invalid_transaction_state", "The statement does not fit the state of the transaction."),
                invalid("27", "triggered_data_change_violation", "A trigger changed what it must not."),
                invalid("28", "invalid_authorization_specification", "User or password is wrong."),
                invalid("2B", "dependent_privilege_descriptors_still_exist", "Other privileges depend on it."),
                invalid("2D", "invalid_transaction_termination", "A transaction was ended where it must not be."),
                invalid("2F", "sql_routine_exception", "A function broke its own promise."),
                invalid(
                        "34",
                        "invalid_cursor_name",
                        "The cursor does not exist; one opened inside a savepoint goes with it."),
                invalid("38", "external_routine_exception", "A function failed."),
                invalid("39", "external_routine_invocation_exception", "A function was called wrongly."),
                invalid(
                        "3B",
                        "savepoint_exception",
                        "The savepoint does not exist: the operation ended it, or its transaction, itself."),
                invalid("3D", "invalid_catalog_name", "The database does not exist."),
                invalid("3F", "invalid_schema_name", "The schema does not exist."),
                invalid("42", "syntax_error_or_access_rule_violation", "The SQL is wrong, or the right is missing."),
                invalid("54", "program_limit_exceeded", "The statement is too complex, or a value too large."),
                invalid("55", "object_not_in_prerequisite_state", "The object is not in the state this needs."),
                invalid("F0", "config_file_error", "The server's configuration is wrong."),
                invalid("HV", "fdw_error", "A foreign data wrapper failed."),
                invalid("P0", "plpgsql_error", "A function raised an exception: a business rule."),
                invalid("XX", "internal_error", "The server found a fault of its own."));
    }

    private static Fault invalid(String stateClass, String name, String reason) {
        return state(stateClass, INVALID, HOPELESS, name, CODES).because(reason);
    }
}
