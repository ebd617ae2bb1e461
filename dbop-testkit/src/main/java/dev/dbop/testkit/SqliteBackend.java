package dev.dbop.testkit;

import dev.dbop.testkit.ServerSession.State;
import dev.dbop.testkit.SessionState.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A SQLite file. There is no server to ask, so the kit knows the connections that it opened itself and, of all others,
 * only that they hold a lock.
 */
final class SqliteBackend implements Backend {

    private static final int ERROR = 1;
    private static final Credentials NOBODY = new Credentials("", "");

    private final SqliteServer folder;
    private final String name;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Connection> opened = new ConcurrentSkipListMap<>();

    SqliteBackend(SqliteServer folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    @Override
    public String proxiedUrl(ClientDriver driver, int proxyPort, Credentials login) {
        throw new UnsupportedOperationException("SQLite is a file: no proxy can stand before it");
    }

    @Override
    public String url(ClientDriver driver, Credentials login) {
        return folder.url(name);
    }

    @Override
    public Credentials admin() {
        return NOBODY;
    }

    @Override
    public Credentials plainUser() {
        throw new UnsupportedOperationException("SQLite has no users");
    }

    @Override
    public void opened(Connection connection) {
        opened.put(numbers.incrementAndGet(), connection);
    }

    @Override
    public List<ServerSession> sessions() throws SQLException {
        opened.values().removeIf(SqliteBackend::isClosed);
        List<ServerSession> sessions = new ArrayList<>();
        for (Map.Entry<Long, Connection> entry : opened.entrySet()) {
            State state = inTransaction(entry.getValue()) ? State.IN_TRANSACTION : State.IDLE;
            sessions.add(new ServerSession(entry.getKey(), "", state, ""));
        }
        if (sessions.isEmpty() && isLocked()) {
            sessions.add(
                    new ServerSession(0, "", State.IN_TRANSACTION, "a lock held by a connection of the test's own"));
        }
        return sessions;
    }

    @Override
    public void kill(long session) throws SQLException {
        Connection connection = opened.remove(session);
        if (connection != null) {
            connection.close();
        }
    }

    @Override
    public void cancel(long session) {
        throw new UnsupportedOperationException("SQLite has no sessions to cancel from outside: use Statement.cancel");
    }

    @Override
    public List<String> preparedTransactions() {
        return List.of();
    }

    @Override
    public void rollbackPrepared(String transaction) {
        throw new UnsupportedOperationException("SQLite has no prepared transactions");
    }

    @Override
    public long sessionId(Connection connection) throws SQLException {
        for (Map.Entry<Long, Connection> entry : opened.entrySet()) {
            Class<? extends Connection> type = entry.getValue().getClass();
            if (connection.isWrapperFor(type) && connection.unwrap(type).equals(entry.getValue())) {
                return entry.getKey();
            }
        }
        throw new IllegalArgumentException("this connection was not opened by the kit: use TestDatabase.dataSource()");
    }

    @Override
    public SessionState stateOf(Connection connection) throws SQLException {
        boolean open = inTransaction(connection);
        boolean dirty = pragma(connection, "read_uncommitted").equals("1");
        boolean readOnly = pragma(connection, "query_only").equals("1");
        TreeMap<String, String> settings = new TreeMap<>(Map.of(
                "busy_timeout", pragma(connection, "busy_timeout"),
                "foreign_keys", pragma(connection, "foreign_keys")));
        return new SessionState(
                connection.getAutoCommit(),
                dirty ? "read uncommitted" : "serializable",
                readOnly,
                open ? Transaction.OPEN : Transaction.NONE,
                settings);
    }

    @Override
    public boolean isRunning() {
        return true;
    }

    @Override
    public void drop() throws SQLException {
        try {
            for (String suffix : List.of("", "-journal", "-wal", "-shm")) {
                Files.deleteIfExists(Path.of(folder.file(name) + suffix));
            }
        } catch (IOException e) {
            throw new SQLException("SQLite file of " + name + " could not be deleted", e);
        }
    }

    /** A BEGIN inside a transaction is refused with SQLITE_ERROR (SQLite documentation, "Transaction"). */
    private static boolean inTransaction(Connection connection) throws SQLException {
        try {
            Dialect.execute(connection, "begin");
        } catch (SQLException e) {
            if (e.getErrorCode() == ERROR) {
                return true;
            }
            throw e;
        }
        Dialect.execute(connection, "rollback");
        return false;
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            throw new IllegalStateException("a SQLite connection does not know whether it is closed", e);
        }
    }

    private static String pragma(Connection connection, String pragma) throws SQLException {
        return Dialect.query(connection, row -> row.getString(1), "pragma " + pragma)
                .get(0);
    }

    /** An exclusive transaction meets readers in rollback mode; in WAL mode only a checkpoint does. */
    private boolean isLocked() throws SQLException {
        try (Connection connection = DriverManager.getConnection(folder.url(name))) {
            Dialect.execute(connection, "pragma busy_timeout = 0", "begin exclusive", "rollback");
            List<Integer> busy =
                    Dialect.query(connection, row -> row.getInt("busy"), "pragma wal_checkpoint(truncate)");
            return busy.contains(1);
        } catch (SQLException locked) {
            return true;
        }
    }
}
