package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Represents a fresh database of a test class, from {@link RealDatabase} or {@link TestServer#createDatabase}.
 *
 * <p>What it knows about sessions it asks the server on a connection of the kit's own, which is never listed. On
 * SQLite, where nobody can be asked, the sessions are the connections opened through this object.
 *
 * <p>Thread-safe. The methods that throw {@link SQLException} block for a round trip.
 */
public final class TestDatabase implements AutoCloseable {

    private static final Duration BLOCKED_LIMIT = Duration.ofSeconds(20);

    private final TestServer server;
    private final String name;
    private final Backend backend;
    private final ClientDriver driver;
    private final Credentials login;

    TestDatabase(TestServer server, String name, Backend backend, ClientDriver driver, Credentials login) {
        if (!ClientDriver.of(server.database()).contains(driver)) {
            throw new IllegalArgumentException("driver " + driver + " cannot talk to " + server.database()
                    + ": use one of " + ClientDriver.of(server.database()));
        }
        this.server = server;
        this.name = name;
        this.backend = backend;
        this.driver = driver;
        this.login = login;
    }

    /**
     * Returns the kind of database.
     *
     * @return the kind
     */
    public Database database() {
        return server.database();
    }

    /**
     * Returns the server that this database is on.
     *
     * @return the server; not to be closed unless the caller started it
     */
    public TestServer server() {
        return server;
    }

    /**
     * Returns the database's name on its server.
     *
     * @return the name, a plain identifier
     */
    public String name() {
        return name;
    }

    /**
     * Returns what connections are opened with.
     *
     * @return the driver
     */
    public ClientDriver driver() {
        return driver;
    }

    /**
     * Returns the user whom connections belong to, for a client that is not JDBC.
     *
     * @return name and password; empty ones on SQLite
     */
    public Credentials login() {
        return login;
    }

    /**
     * Returns this database seen through another driver.
     *
     * @param other the driver
     * @return a view of the same database
     * @throws IllegalArgumentException if the driver cannot talk to this kind of server
     */
    public TestDatabase with(ClientDriver other) {
        return new TestDatabase(server, name, backend, other, login);
    }

    /**
     * Returns this database seen by a user who may use it and nothing else: no KILL, no SUPER, no XA_RECOVER_ADMIN.
     *
     * @return a view of the same database
     * @throws SQLException if the server refuses to make the user
     * @throws UnsupportedOperationException on SQLite
     */
    public TestDatabase asPlainUser() throws SQLException {
        return new TestDatabase(server, name, backend, driver, backend.plainUser());
    }

    /**
     * Returns the JDBC URL, user, password and "no TLS" included.
     *
     * @return the URL, good for {@link DriverManager}
     */
    public String url() {
        return backend.url(driver, login);
    }

    /**
     * Returns the JDBC URL of this database behind a proxy on the loopback address. It keeps PostgreSQL's driver from
     * preparing statements on the server ({@code prepareThreshold=0}), so that the proxy can read each one's text.
     *
     * @param proxyPort where the proxy listens
     * @return the URL
     * @throws UnsupportedOperationException on SQLite
     */
    public String url(int proxyPort) {
        return backend.proxiedUrl(driver, proxyPort, login);
    }

    /**
     * Returns a data source that opens a connection each time it is asked.
     *
     * @return the data source
     */
    public DataSource dataSource() {
        return new PlainDataSource(toString(), url(), backend::opened);
    }

    /**
     * Returns a data source that opens a connection through a proxy each time it is asked.
     *
     * @param proxy the proxy before this database's server
     * @return the data source
     * @throws UnsupportedOperationException on SQLite
     */
    public DataSource dataSource(FaultProxy proxy) {
        return new PlainDataSource(this + " through a proxy", url(proxy.port()), backend::opened);
    }

    /**
     * Opens a connection, to be closed by the caller.
     *
     * @return the connection, in autocommit mode
     * @throws SQLException if the driver cannot connect
     */
    public Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    /**
     * Opens a connection of the administrator past any proxy, to be closed by the caller.
     *
     * @return the connection, in autocommit mode
     * @throws SQLException if the driver cannot connect
     */
    public Connection admin() throws SQLException {
        Connection connection = DriverManager.getConnection(backend.url(driver, backend.admin()));
        backend.opened(connection);
        return connection;
    }

    /**
     * Runs statements one by one, each committed, on a connection of its own.
     *
     * @param statements the SQL
     * @throws SQLException if one fails; the later ones are not run
     */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = admin()) {
            Dialect.execute(connection, statements);
        }
    }

    /**
     * Returns the first column of each row of a query, run on a connection of its own.
     *
     * @param sql the query, its values not null
     * @param parameters the values for its question marks
     * @return the values as text, in the order of the rows
     * @throws SQLException if it fails
     */
    public List<String> query(String sql, Object... parameters) throws SQLException {
        try (Connection connection = admin()) {
            return Dialect.query(connection, row -> String.valueOf(row.getString(1)), sql, parameters);
        }
    }

    /**
     * Returns the one number that a query asks for, such as a count.
     *
     * @param sql a query of one row
     * @param parameters the values for its question marks
     * @return the number
     * @throws SQLException if it fails
     * @throws IllegalArgumentException if the query does not return one row with a number
     */
    public long number(String sql, Object... parameters) throws SQLException {
        List<String> rows = query(sql, parameters);
        if (rows.size() != 1) {
            throw new IllegalArgumentException("'" + sql + "' returned " + rows.size() + " rows: it must be one");
        }
        return Long.parseLong(rows.get(0));
    }

    /**
     * Returns every session on this database but the kit's own. One that its client has just closed may still be there
     * for a moment, the connection behind {@link #execute}, {@link #query} and {@link #number} included.
     *
     * @return the sessions, by id
     * @throws SQLException if the server does not answer
     */
    public List<ServerSession> sessions() throws SQLException {
        return backend.sessions();
    }

    /**
     * Returns the number by which the server knows a connection.
     *
     * @param connection an open connection to this database, possibly wrapped by a pool
     * @return the {@link ServerSession#id}
     * @throws SQLException if the connection is closed
     */
    public long sessionId(Connection connection) throws SQLException {
        return backend.sessionId(connection);
    }

    /**
     * Ends a session as an administrator would; does nothing if it has ended already. The server does so a moment later.
     *
     * @param sessionId the {@link ServerSession#id}
     * @throws SQLException if the server refuses
     */
    public void kill(long sessionId) throws SQLException {
        backend.kill(sessionId);
    }

    /**
     * Cancels a session's running statement as an administrator would.
     *
     * @param sessionId the {@link ServerSession#id}
     * @throws SQLException if the server refuses
     * @throws UnsupportedOperationException on SQLite
     */
    public void cancel(long sessionId) throws SQLException {
        backend.cancel(sessionId);
    }

    /**
     * Waits until the server says that a session waits for a lock.
     *
     * @param sessionId the {@link ServerSession#id}
     * @throws SQLException if the server does not answer
     * @throws AssertionError if it does not within 20 seconds
     */
    public void awaitBlocked(long sessionId) throws SQLException {
        Poll.until(
                BLOCKED_LIMIT,
                () -> sessions().stream()
                        .anyMatch(s -> s.id() == sessionId && s.state() == ServerSession.State.BLOCKED),
                () -> "session " + sessionId + " of " + this + " did not come to wait for a lock");
    }

    /**
     * Waits until the server says that any session on this database waits for a lock, such as one that the code under
     * test has opened by itself.
     *
     * @return its {@link ServerSession#id}; of several, the lowest
     * @throws SQLException if the server does not answer
     * @throws AssertionError if none does within 20 seconds, as always on SQLite
     */
    public long awaitBlocked() throws SQLException {
        return Poll.within(
                        BLOCKED_LIMIT,
                        () -> sessions().stream()
                                .filter(session -> session.state() == ServerSession.State.BLOCKED)
                                .map(ServerSession::id)
                                .findFirst())
                .orElseThrow(() -> new AssertionError("no session of " + this + " came to wait for a lock within "
                        + BLOCKED_LIMIT.toSeconds() + " s"));
    }

    /**
     * Returns the transactions that are prepared and neither committed nor rolled back.
     *
     * @return on PostgreSQL the ids of this database; on MySQL and MariaDB those of the whole server, in the form that
     *     {@code XA COMMIT} takes: {@code X'<gtrid>',X'<bqual>',<format>}; none on SQLite
     * @throws SQLException if the server does not answer
     */
    public List<String> preparedTransactions() throws SQLException {
        return backend.preparedTransactions();
    }

    /**
     * Rolls a prepared transaction back.
     *
     * @param transaction one of {@link #preparedTransactions()}
     * @throws SQLException if the server refuses
     * @throws UnsupportedOperationException on SQLite
     */
    public void rollbackPrepared(String transaction) throws SQLException {
        backend.rollbackPrepared(transaction);
    }

    /**
     * Reads what a session is set to, without opening a transaction or a snapshot that was not there.
     *
     * @param connection an open, idle connection to this database, possibly wrapped by a pool
     * @return its state
     * @throws SQLException if the connection is closed
     */
    public SessionState stateOf(Connection connection) throws SQLException {
        return backend.stateOf(connection);
    }

    /**
     * Returns the server's version.
     *
     * @return the version as the server spells it
     * @throws SQLException if the server does not answer
     */
    public String serverVersion() throws SQLException {
        return server.version();
    }

    /** Drops the database and ends every session on it; does nothing where the test has ended the server. */
    @Override
    public void close() throws SQLException {
        if (backend.isRunning()) {
            for (String transaction : name.isEmpty() ? List.<String>of() : ownPrepared()) {
                rollbackPrepared(transaction);
            }
            backend.drop();
        }
    }

    boolean isRunning() {
        return backend.isRunning();
    }

    /** Returns kind, name and driver. */
    @Override
    public String toString() {
        return database() + " " + name + (driver == ClientDriver.OWN ? "" : " by " + driver);
    }

    /** On MySQL and MariaDB they are of no known database: whoever made them has been checked by the extension. */
    private List<String> ownPrepared() throws SQLException {
        return database() == Database.POSTGRESQL ? preparedTransactions() : List.of();
    }
}
