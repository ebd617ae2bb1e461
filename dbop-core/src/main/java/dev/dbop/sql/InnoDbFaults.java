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
import static dev.dbop.sql.FaultKind.TRANSACTION_LOST;
import static dev.dbop.sql.FaultKind.TRANSIENT;
import static dev.dbop.sql.FaultKind.UNAVAILABLE;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.HOPELESS_AND_LOST;
import static dev.dbop.sql.Handling.LOST_CONNECTION;
import static dev.dbop.sql.Handling.LOST_TRANSACTION;
import static dev.dbop.sql.Handling.NEVER_RAN;
import static dev.dbop.sql.Handling.STALE_TRANSACTION;
import static dev.dbop.sql.Handling.STATEMENT_ONLY;
import static dev.dbop.sql.Handling.WRONG_SERVER;
import static dev.dbop.sql.Row.code;
import static dev.dbop.sql.Row.state;

import java.util.List;

/** What MySQL and MariaDB, their drivers and the AWS wrapper report alike. */
final class InnoDbFaults {
    private static final String CODES = "MySQL Error Reference, Server Error Messages; MariaDB docs, Error Codes";
    private static final String CLIENT_CODES = "MySQL Error Reference, Client Error Messages";
    private static final String MEASURED = "measured on MySQL 5.7, 8.0, 9.7 and MariaDB 10.11, 11.8";
    private static final String INNODB = "MySQL manual, InnoDB Error Handling; " + MEASURED;
    private static final String SNAPSHOT =
            "MariaDB docs, innodb_snapshot_isolation; measured on MariaDB 10.11 and 11.8";
    private static final String GALERA = "measured on Galera 26.4 (MariaDB 10.11)";
    private static final String GROUP = "measured on MySQL 8.0 Group Replication";
    private static final String READ_ONLY_SERVER = "MySQL manual, read_only and super_read_only; " + MEASURED;
    private static final String AURORA = "Amazon Aurora user guide, read-only errors after failover";
    private static final String LIMITS = "MySQL manual, Setting Account Resource Limits; " + MEASURED;
    private static final String HOURLY_LIMITS = "MySQL manual, Setting Account Resource Limits";
    private static final String XA_MANUAL = "MySQL manual, XA Transaction States";
    private static final String XA = "MySQL manual, XA Transaction States; " + MEASURED;
    private static final String DRIVERS = "measured with MariaDB Connector/J 3.5 and MySQL Connector/J 9.7";
    private static final String MARIADB_DRIVER = "measured with MariaDB Connector/J 3.5, several hosts in the URL";
    private static final String MYSQL_DRIVER = "measured with MySQL Connector/J 9.7";
    private static final String AWS = "AWS Advanced JDBC Wrapper, Failover Exception Codes";

    private InnoDbFaults() {}

    static List<Fault> rows() {
        return Row.join(transaction(), aftermath(), server(), connection(), xa(), hopeless());
    }

    private static List<Fault> transaction() {
        return List.of(
                code(1213, DEADLOCK, LOST_TRANSACTION, "ER_LOCK_DEADLOCK", INNODB)
                        .because("The whole transaction is rolled back, savepoints included; Galera reports every"
                                + " conflict this way, even in answer to ROLLBACK or COMMIT."),
                code(1205, LOCK_TIMEOUT, STATEMENT_ONLY, "ER_LOCK_WAIT_TIMEOUT", INNODB)
                        .because("Only the statement is undone, unless innodb_rollback_on_timeout is on: ROLLBACK TO"
                                + " SAVEPOINT tells; Connector/J calls it 40001, which is why vendor codes go first."),
                code(1020, SERIALIZATION, LOST_TRANSACTION, "ER_CHECKREAD", SNAPSHOT)
                        .because("The row changed since the snapshot was taken, and the whole transaction is rolled"
                                + " back."),
                code(1412, SERIALIZATION, STALE_TRANSACTION, "ER_TABLE_DEF_CHANGED", MEASURED)
                        .because("The table changed since the snapshot was taken, and a savepoint does not renew the"
                                + " snapshot."),
                code(1180, TRANSACTION_LOST, LOST_TRANSACTION, "ER_ERROR_DURING_COMMIT", GROUP)
                        .because("The engine could not commit and rolled back; Group Replication reports lost"
                                + " certifications this way."),
                code(1181, TRANSACTION_LOST, LOST_TRANSACTION, "ER_ERROR_DURING_ROLLBACK", GROUP)
                        .because("The transaction was already aborted in the background, as Group Replication does."),
                code(1206, RESOURCES, HOPELESS_AND_LOST, "ER_LOCK_TABLE_FULL", "MySQL manual, InnoDB Error Handling")
                        .because("The transaction took more locks than the buffer pool has room for, and will again."),
                code(1637, RESOURCES, STALE_TRANSACTION, "ER_TOO_MANY_CONCURRENT_TRXS", CODES)
                        .because("All undo slots are taken; transactions that end give theirs back."),
                code(1615, STALE_PLAN, STATEMENT_ONLY, "ER_NEED_REPREPARE", "measured on MySQL 8.0")
                        .because("DDL kept changing the tables of a prepared statement; the same statement then"
                                + " works again."),
                code(1317, CANCELLED, HOPELESS, "ER_QUERY_INTERRUPTED", MEASURED)
                        .because("Somebody cancelled the statement (KILL QUERY, Statement.cancel); an attempt that"
                                + " sent the cancel itself knows so and does not ask."),
                state("40", TRANSIENT, STALE_TRANSACTION, "transaction rollback", CODES)
                        .because("The class means that the transaction could not go on and may be tried again."));
    }

    private static List<Fault> aftermath() {
        return List.of(
                code(1305, INVALID, HOPELESS, "ER_SP_DOES_NOT_EXIST", CODES)
                        .when("PROCEDURE ")
                        .because("The procedure does not exist."),
                code(1305, INVALID, HOPELESS, "ER_SP_DOES_NOT_EXIST", CODES)
                        .when("FUNCTION ")
                        .because("The function does not exist."),
                code(1305, AFTERMATH, HOPELESS, "ER_SP_DOES_NOT_EXIST", MEASURED)
                        .because("The savepoint is gone: rolled back with its transaction by an earlier error, or"
                                + " else committed with it by DDL, and then nothing must be repeated."),
                code(1220, AFTERMATH, LOST_CONNECTION, "Connection is closed", DRIVERS)
                        .withState("08000")
                        .because("The connection was already closed; whatever closed it is the failure to look at."),
                state("08003", AFTERMATH, LOST_CONNECTION, "connection not open", DRIVERS)
                        .because("The connection was already closed; whatever closed it is the failure to look at."),
                code(1399, AFTERMATH, HOPELESS, "ER_XAER_RMFAIL", XA)
                        .when("ROLLBACK ONLY")
                        .because("An earlier error, a deadlock or a lock timeout, has doomed the branch; only XA"
                                + " ROLLBACK is left."));
    }

    private static List<Fault> server() {
        return List.of(
                code(1290, INVALID, HOPELESS, "ER_OPTION_PREVENTS_STATEMENT", CODES)
                        .when("--secure-file-priv")
                        .because("The server's configuration forbids the statement."),
                code(1290, INVALID, HOPELESS, "ER_OPTION_PREVENTS_STATEMENT", CODES)
                        .when("--skip-grant-tables")
                        .because("The server's configuration forbids the statement."),
                code(1290, READ_ONLY, WRONG_SERVER, "ER_OPTION_PREVENTS_STATEMENT", READ_ONLY_SERVER)
                        .because("The server is read-only, as a primary is after a failover; another connection may"
                                + " lead to the new one, and a COMMIT refused this way was rolled back."),
                code(1836, READ_ONLY, WRONG_SERVER, "ER_READ_ONLY_MODE", AURORA)
                        .because("The server is a reader; another connection may lead to the writer."),
                code(1874, READ_ONLY, WRONG_SERVER, "ER_INNODB_READ_ONLY", CODES)
                        .because("InnoDB runs read-only on this server; another connection may lead to the writer."),
                code(1015, READ_ONLY, HOPELESS, "ER_CANT_LOCK", MEASURED)
                        .because("InnoDB was started read-only or in forced recovery."),
                code(1036, READ_ONLY, HOPELESS, "ER_OPEN_AS_READONLY", MEASURED)
                        .because("The table is read-only, as all are in forced recovery."),
                code(1792, READ_ONLY, HOPELESS, "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION", MEASURED)
                        .because("The transaction itself asked to be read-only."),
                code(1047, UNAVAILABLE, WRONG_SERVER, "ER_UNKNOWN_COM_ERROR", GALERA)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("A Galera node without a quorum refuses all work though it still takes connections;"
                                + " a COMMIT it refused at once did not happen, but one it was working on when the"
                                + " quorum broke looks the same."),
                code(1021, RESOURCES, HOPELESS, "ER_DISK_FULL", CODES)
                        .because("Quick retries only find the disk as full as before."),
                code(1114, RESOURCES, HOPELESS, "ER_RECORD_FILE_FULL", CODES)
                        .because("Quick retries only find the table as full as before."),
                code(1030, RESOURCES, HOPELESS, "ER_GET_ERRNO", CODES)
                        .because("The storage engine failed: a matter for the operator."),
                code(1037, RESOURCES, HOPELESS, "ER_OUTOFMEMORY", CODES)
                        .because("Memory ran out; quick retries make it worse."),
                code(1038, RESOURCES, HOPELESS, "ER_OUT_OF_SORTMEMORY", CODES)
                        .because("The sort needs more memory than it may have, and will again."),
                code(1041, RESOURCES, HOPELESS, "ER_OUT_OF_RESOURCES", CODES)
                        .because("Memory ran out; quick retries make it worse."));
    }

    private static List<Fault> connection() {
        return List.of(
                code(1040, UNAVAILABLE, NEVER_RAN, "ER_CON_COUNT_ERROR", MEASURED)
                        .because("All connections are taken; some will be given back."),
                code(1203, UNAVAILABLE, NEVER_RAN, "ER_TOO_MANY_USER_CONNECTIONS", LIMITS)
                        .because("All connections of this user are taken; some will be given back."),
                hourly("max_questions"),
                hourly("max_updates"),
                hourly("max_connections_per_hour"),
                code(1226, UNAVAILABLE, NEVER_RAN, "ER_USER_LIMIT_REACHED", LIMITS)
                        .because("All connections of this account are taken; some will be given back."),
                code(1135, UNAVAILABLE, NEVER_RAN, "ER_CANT_CREATE_THREAD", CODES)
                        .because("The server could not start a thread for the connection; others will end."),
                code(1129, INVALID, HOPELESS, "ER_HOST_IS_BLOCKED", CODES)
                        .because("The server blocks this host until an operator flushes the host cache."),
                code(1130, INVALID, HOPELESS, "ER_HOST_NOT_PRIVILEGED", CODES).because("No account lets this host in."),
                code(1053, UNAVAILABLE, LOST_CONNECTION, "ER_SERVER_SHUTDOWN", "measured on MySQL 8.0")
                        .because("The server is shutting down; a COMMIT that arrived then was executed all the same."),
                code(2006, CONNECTION, LOST_CONNECTION, "CR_SERVER_GONE_ERROR", CLIENT_CODES)
                        .because("The connection broke; proxies pass the C client's code on."),
                code(2013, CONNECTION, LOST_CONNECTION, "CR_SERVER_LOST", CLIENT_CODES)
                        .because("The connection broke during a statement; proxies pass the C client's code on."),
                code(2055, CONNECTION, LOST_CONNECTION, "CR_SERVER_LOST_EXTENDED", CLIENT_CODES)
                        .because("The connection broke; proxies pass the C client's code on."),
                state("25S03", CONNECTION, LOST_CONNECTION, "transaction lost in failover", MARIADB_DRIVER)
                        .because("The driver moved to another host and the transaction was lost; the next COMMIT"
                                + " would succeed for its tail alone, and a COMMIT lost this way looks the same done"
                                + " or not."),
                state("08007", CONNECTION, LOST_CONNECTION, "transaction resolution unknown", AWS + "; " + MYSQL_DRIVER)
                        .because("The connection broke within a transaction; before COMMIT was sent nothing can have"
                                + " been committed, after it anything."),
                state("08S02", CONNECTION, LOST_CONNECTION, "communication link changed", AWS)
                        .because("The wrapper lost the connection outside a transaction and stands on another"
                                + " server, with the session's settings gone and the last statement's fate unknown."),
                state("08", CONNECTION, LOST_CONNECTION, "connection exception", DRIVERS)
                        .because("The connection broke or was refused; a cut before and after the server executed"
                                + " COMMIT look the same."));
    }

    private static Fault hourly(String limit) {
        return code(1226, RESOURCES, HOPELESS, "ER_USER_LIMIT_REACHED", HOURLY_LIMITS)
                .when(limit)
                .because("The account has used up its hour; that is too long to wait for.");
    }

    private static List<Fault> xa() {
        return List.of(
                code(1402, TRANSACTION_LOST, LOST_TRANSACTION, "ER_XA_RBROLLBACK", XA_MANUAL)
                        .because("The branch was rolled back."),
                code(1613, LOCK_TIMEOUT, LOST_TRANSACTION, "ER_XA_RBTIMEOUT", XA)
                        .because("The branch was rolled back after a lock timeout."),
                code(1614, DEADLOCK, LOST_TRANSACTION, "ER_XA_RBDEADLOCK", XA)
                        .because("The branch was rolled back after a deadlock."),
                code(1397, INVALID, HOPELESS, "ER_XAER_NOTA", XA)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("The branch is finished, was never prepared, is held by another session or was"
                                + " lost: the code does not tell which."),
                code(1398, INVALID, HOPELESS, "ER_XAER_INVAL", XA_MANUAL).because("The XA statement is wrong."),
                code(1399, INVALID, HOPELESS, "ER_XAER_RMFAIL", XA)
                        .because("The statement does not fit the state of the branch."),
                code(1400, INVALID, HOPELESS, "ER_XAER_OUTSIDE", XA)
                        .because("The session already has a transaction of the other sort."),
                code(1401, INVALID, HOPELESS, "ER_XAER_RMERR", XA)
                        .because("The server failed at the branch, or the right to see branches is missing."),
                code(1440, INVALID, HOPELESS, "ER_XAER_DUPID", XA).because("The branch exists."),
                state("XA", INVALID, HOPELESS, "XA error", XA)
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("The branch is not in the state this needs; the code does not tell whether it was"
                                + " committed."));
    }

    private static List<Fault> hopeless() {
        return List.of(
                code(1062, CONSTRAINT, HOPELESS, "ER_DUP_ENTRY", MEASURED)
                        .because("The row exists; only an operation that reads again before it writes could do"
                                + " better, and it has to say so."),
                state("23", CONSTRAINT, HOPELESS, "integrity constraint violation", CODES)
                        .because("The data would have violated a constraint."),
                code(1644, INVALID, HOPELESS, "ER_SIGNAL_EXCEPTION", MEASURED)
                        .because("A trigger or procedure raised a business rule, whatever SQLSTATE and exception"
                                + " class it is dressed in."),
                state("45", INVALID, HOPELESS, "unhandled user-defined exception", CODES)
                        .because("A trigger or procedure raised a business rule."),
                code(1568, INVALID, HOPELESS, "ER_CANT_CHANGE_TX_CHARACTERISTICS", MEASURED)
                        .because("Isolation and access mode cannot change inside a transaction."),
                invalid("0A", "feature not supported", "The server cannot do this at all, or not here."),
                invalid("0K", "resignal when handler not active", "RESIGNAL outside a handler."),
                invalid("0Z", "diagnostics exception", "Diagnostics were asked for where there are none."),
                invalid("20", "case not found", "No branch of a CASE matched."),
                invalid("21", "cardinality violation", "A query returned the wrong number of rows or columns."),
                invalid("22", "data exception", "A value does not fit."),
                invalid("24", "invalid cursor state", "The cursor is not where it would have to be."),
                invalid("25", "invalid transaction state", "The statement does not fit the state of the transaction."),
                invalid("28", "invalid authorization specification", "User or password is wrong."),
                invalid("2F", "SQL routine exception", "A function broke its own promise."),
                invalid("3D", "invalid catalog name", "No database is selected."),
                invalid("42", "syntax error or access rule violation", "The SQL is wrong, or the right is missing."),
                invalid("44", "check option violation", "The row would not have been visible through the view."),
                state("70", CANCELLED, HOPELESS, "execution interrupted", CODES)
                        .because("Somebody stopped the statement."),
                invalid("HY", "general error", "The server refused, and its code is not among those that pass."),
                state("S1009", INVALID, HOPELESS, "illegal argument", MYSQL_DRIVER)
                        .because("The driver itself refused the call, such as a write on a read-only connection;"
                                + " nothing was sent."),
                state("S1", INVALID, HOPELESS, "driver error", "MySQL Connector/J, SQLSTATE S1000")
                        .atCommit(OUTCOME_UNKNOWN)
                        .because("The driver failed without saying what was sent."));
    }

    private static Fault invalid(String stateClass, String name, String reason) {
        return state(stateClass, INVALID, HOPELESS, name, CODES).because(reason);
    }
}
