package dev.dbop.testkit;

import dev.dbop.testkit.ServerSession.State;
import dev.dbop.testkit.SessionState.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Statistics views and administration functions: PostgreSQL manual 27.2.3, 52.16 and 9.28.2. */
final class PostgreSqlDialect implements Dialect {

    private static final List<String> TIMEOUTS =
            List.of("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout");
    private static final int FIRST_WITH_TRANSACTION_TIMEOUT = 17;

    @Override
    public void createDatabase(Connection monitor, String name) throws SQLException {
        Dialect.execute(monitor, "create database " + name);
    }

    @Override
    public void dropDatabase(Connection monitor, String name) throws SQLException {
        Dialect.execute(monitor, "drop database if exists " + name + " with (force)");
    }

    @Override
    public void createPlainUser(Connection monitor, Credentials login, String database) throws SQLException {
        boolean missing = Dialect.query(
                        monitor,
                        row -> row.getString(1),
                        "select rolname from pg_roles where rolname = ?",
                        login.user())
                .isEmpty();
        if (missing) {
            Dialect.execute(monitor, "create role " + login.user() + " login password '" + login.password() + "'");
        }
        Dialect.execute(monitor, "grant all on database " + database + " to " + login.user());
    }

    @Override
    public List<ServerSession> sessions(Connection monitor, String database) throws SQLException {
        return Dialect.query(
                monitor,
                row -> new ServerSession(
                        row.getLong("pid"),
                        orEmpty(row.getString("usename")),
                        state(orEmpty(row.getString("state")), orEmpty(row.getString("wait_event_type"))),
                        orEmpty(row.getString("query"))),
                "select pid, usename, state, wait_event_type, query from pg_stat_activity"
                        + " where datname = ? and pid <> pg_backend_pid() and backend_type = 'client backend'"
                        + " order by pid",
                database);
    }

    @Override
    public void kill(Connection monitor, long session) throws SQLException {
        Dialect.query(monitor, row -> row.getBoolean(1), "select pg_terminate_backend(?::int)", session);
    }

    @Override
    public void cancel(Connection monitor, long session) throws SQLException {
        Dialect.query(monitor, row -> row.getBoolean(1), "select pg_cancel_backend(?::int)", session);
    }

    @Override
    public List<String> preparedTransactions(Connection monitor, String database) throws SQLException {
        return Dialect.query(
                monitor,
                row -> row.getString(1),
                "select gid from pg_prepared_xacts where database = ? order by prepared, gid",
                database);
    }

    @Override
    public void rollbackPrepared(Connection connection, String transaction) throws SQLException {
        Dialect.execute(connection, "rollback prepared '" + transaction.replace("'", "''") + "'");
    }

    /** By the driver's own knowledge, since a SELECT could open a transaction; by name, since the driver is optional. */
    @Override
    public long sessionId(Connection connection) throws SQLException {
        try {
            Class<?> type = Class.forName("org.postgresql.PGConnection");
            Object pid = type.getMethod("getBackendPID").invoke(connection.unwrap(type));
            return ((Number) pid).longValue();
        } catch (ReflectiveOperationException e) {
            throw new SQLException("this connection is not one of PostgreSQL's driver", e);
        }
    }

    @Override
    public SessionState stateOf(Connection monitor, Connection connection) throws SQLException {
        Transaction transaction = transactionOf(monitor, sessionId(connection));
        boolean autocommit = connection.getAutoCommit();
        if (transaction == Transaction.FAILED) {
            return new SessionState(autocommit, "", false, transaction, new TreeMap<>(Map.of()));
        }
        TreeMap<String, String> settings = new TreeMap<>();
        for (String timeout : TIMEOUTS) {
            settings.put(timeout, show(connection, timeout));
        }
        if (connection.getMetaData().getDatabaseMajorVersion() >= FIRST_WITH_TRANSACTION_TIMEOUT) {
            settings.put("transaction_timeout", show(connection, "transaction_timeout"));
        }
        String isolation = show(connection, "transaction_isolation");
        boolean readOnly = show(connection, "transaction_read_only").equals("on");
        if (transaction == Transaction.NONE && !autocommit) {
            connection.rollback();
        }
        return new SessionState(autocommit, isolation, readOnly, transaction, settings);
    }

    private static Transaction transactionOf(Connection monitor, long session) throws SQLException {
        List<String> states = Dialect.query(
                monitor,
                row -> orEmpty(row.getString(1)),
                "select state from pg_stat_activity where pid = ?::int",
                session);
        if (states.isEmpty()) {
            throw new SQLException("session " + session + " no longer exists on the server", "08003");
        }
        return switch (states.get(0)) {
            case "idle in transaction" -> Transaction.OPEN;
            case "idle in transaction (aborted)" -> Transaction.FAILED;
            default -> Transaction.NONE;
        };
    }

    /** SHOW takes no snapshot, so a later SET TRANSACTION still works (a SELECT would forbid it). */
    private static String show(Connection connection, String name) throws SQLException {
        return Dialect.query(connection, row -> row.getString(1), "show " + name)
                .get(0);
    }

    private static State state(String state, String waitEventType) {
        return switch (state) {
            case "idle in transaction" -> State.IN_TRANSACTION;
            case "idle in transaction (aborted)" -> State.IN_FAILED_TRANSACTION;
            case "active", "fastpath function call" -> waitEventType.equals("Lock") ? State.BLOCKED : State.ACTIVE;
            default -> State.IDLE;
        };
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}
