package dev.dbop.testkit;

import dev.dbop.testkit.ServerSession.State;
import dev.dbop.testkit.SessionState.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * MySQL and MariaDB. Sources: MySQL 8.0 manual 26.3.23 (PROCESSLIST), 26.4.28 (INNODB_TRX), 13.3.8 (XA); MariaDB
 * documentation "XA Transactions" and "Server System Variables".
 */
final class MySqlDialect implements Dialect {

    private static final int NO_SUCH_THREAD = 1094;

    /** What MariaDB answers for a branch that has written nothing (measured on 11.4.5); it is gone then. */
    private static final int ROLLED_BACK_ALREADY = 1402;

    private static final String SESSIONS = "select id, user, command, state, info"
            + " from information_schema.processlist where db = ? and id <> connection_id() order by id";
    private static final String TRANSACTIONS =
            "select trx_mysql_thread_id, trx_state from information_schema.innodb_trx";

    /** InnoDB refreshes INNODB_TRX at most each 0.1 s (MySQL 8.0 manual 15.15.2.3): read sooner, it is stale. */
    private static final long REFRESH_NANOS = Duration.ofMillis(110).toNanos();

    private final boolean mariaDb;
    private long transactionsRead = System.nanoTime() - REFRESH_NANOS;

    MySqlDialect(boolean mariaDb) {
        this.mariaDb = mariaDb;
    }

    @Override
    public void createDatabase(Connection monitor, String name) throws SQLException {
        Dialect.execute(monitor, "create database " + name);
    }

    @Override
    public void dropDatabase(Connection monitor, String name) throws SQLException {
        for (long session : ids(monitor, name)) {
            kill(monitor, session);
        }
        // a killed session gives its metadata locks back a moment later
        Dialect.execute(monitor, "set lock_wait_timeout = 30", "drop database if exists " + name);
    }

    @Override
    public void createPlainUser(Connection monitor, Credentials login, String database) throws SQLException {
        Dialect.execute(
                monitor,
                "create user if not exists '" + login.user() + "'@'%' identified by '" + login.password() + "'",
                "grant all privileges on " + database + ".* to '" + login.user() + "'@'%'");
    }

    @Override
    public List<ServerSession> sessions(Connection monitor, String database) throws SQLException {
        if (ids(monitor, database).isEmpty()) {
            return List.of();
        }
        Map<Long, String> transactions = transactions(monitor);
        return Dialect.query(
                monitor,
                row -> new ServerSession(
                        row.getLong("id"),
                        orEmpty(row.getString("user")),
                        state(
                                orEmpty(row.getString("command")),
                                orEmpty(row.getString("state")),
                                transactions.get(row.getLong("id"))),
                        orEmpty(row.getString("info"))),
                SESSIONS,
                database);
    }

    private static List<Long> ids(Connection monitor, String database) throws SQLException {
        return Dialect.query(monitor, row -> row.getLong("id"), SESSIONS, database);
    }

    /** The state of each transaction that has touched InnoDB, by the session's id. */
    private Map<Long, String> transactions(Connection monitor) throws SQLException {
        long pause = transactionsRead + REFRESH_NANOS - System.nanoTime();
        while (pause > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(pause);
            pause = transactionsRead + REFRESH_NANOS - System.nanoTime();
        }
        Map<Long, String> states = new HashMap<>();
        Dialect.query(monitor, row -> states.put(row.getLong(1), row.getString(2)), TRANSACTIONS);
        transactionsRead = System.nanoTime();
        return states;
    }

    @Override
    public void kill(Connection monitor, long session) throws SQLException {
        unless(NO_SUCH_THREAD, () -> Dialect.execute(monitor, "kill connection " + session));
    }

    @Override
    public void cancel(Connection monitor, long session) throws SQLException {
        unless(NO_SUCH_THREAD, () -> Dialect.execute(monitor, "kill query " + session));
    }

    /** The server does not say which database a prepared transaction belongs to: all of the server's are listed. */
    @Override
    public List<String> preparedTransactions(Connection monitor, String database) throws SQLException {
        return Dialect.query(
                monitor,
                row -> xid(
                        row.getLong("formatID"),
                        row.getInt("gtrid_length"),
                        row.getInt("bqual_length"),
                        mariaDb ? row.getBytes("data") : fromHex(row.getString("data"))),
                mariaDb ? "xa recover" : "xa recover convert xid");
    }

    @Override
    public void rollbackPrepared(Connection connection, String transaction) throws SQLException {
        unless(ROLLED_BACK_ALREADY, () -> Dialect.execute(connection, "xa rollback " + transaction));
    }

    @Override
    public long sessionId(Connection connection) throws SQLException {
        return Dialect.query(connection, row -> row.getLong(1), "select connection_id()")
                .get(0);
    }

    @Override
    public SessionState stateOf(Connection monitor, Connection connection) throws SQLException {
        TreeMap<String, String> settings = new TreeMap<>();
        String isolation = variable(connection, mariaDb ? "tx_isolation" : "transaction_isolation");
        String readOnly = variable(connection, mariaDb ? "tx_read_only" : "transaction_read_only");
        for (String name : List.of(
                "autocommit",
                "innodb_lock_wait_timeout",
                "lock_wait_timeout",
                mariaDb ? "max_statement_time" : "max_execution_time")) {
            settings.put(name, variable(connection, name));
        }
        return new SessionState(
                connection.getAutoCommit(), isolation, isOn(readOnly), transactionOf(monitor, connection), settings);
    }

    /**
     * MySQL keeps a session's last transaction in a slot that a later session takes over, still ACTIVE if it was left
     * prepared: number 0 tells it from the session's own (measured on 8.4).
     */
    private Transaction transactionOf(Connection monitor, Connection connection) throws SQLException {
        boolean open = mariaDb
                ? isOn(variable(connection, "in_transaction"))
                : !Dialect.query(
                                monitor,
                                row -> row.getString(1),
                                "select e.state from performance_schema.events_transactions_current e"
                                        + " join performance_schema.threads t on t.thread_id = e.thread_id"
                                        + " where t.processlist_id = ? and e.state = 'ACTIVE' and e.event_id > 0",
                                sessionId(connection))
                        .isEmpty();
        return open ? Transaction.OPEN : Transaction.NONE;
    }

    /** Reads no table, so it opens no transaction even where autocommit is off. */
    private static String variable(Connection connection, String name) throws SQLException {
        return Dialect.query(connection, row -> row.getString(1), "select @@" + name)
                .get(0);
    }

    private static boolean isOn(String value) {
        return value.equals("1") || value.equalsIgnoreCase("ON");
    }

    /** INNODB_TRX knows the waits for row locks, the process list all others. */
    private static State state(String command, String detail, @Nullable String transaction) {
        boolean running = !command.equals("Sleep");
        boolean waiting = detail.equals("User lock") || (detail.startsWith("Waiting for") && detail.endsWith("lock"));
        if ("LOCK WAIT".equals(transaction) || (running && waiting)) {
            return State.BLOCKED;
        }
        if (running) {
            return State.ACTIVE;
        }
        return transaction == null ? State.IDLE : State.IN_TRANSACTION;
    }

    /** Something that may turn out to be done already. */
    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    private static void unless(int done, Step step) throws SQLException {
        try {
            step.run();
        } catch (SQLException e) {
            if (e.getErrorCode() != done) {
                throw e;
            }
        }
    }

    private static String xid(long format, int gtrid, int bqual, byte[] data) {
        HexFormat hex = HexFormat.of();
        return "X'" + hex.formatHex(data, 0, gtrid) + "',X'" + hex.formatHex(data, gtrid, gtrid + bqual) + "',"
                + format;
    }

    private static byte[] fromHex(String data) {
        return data.startsWith("0x")
                ? HexFormat.of().parseHex(data.substring(2))
                : data.getBytes(StandardCharsets.UTF_8);
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}
