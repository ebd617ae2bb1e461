package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Represents a running database server, from {@link TestServers}; on SQLite, the folder of the files.
 *
 * <p>Thread-safe. The methods block until the server has done what they say.
 */
public final class TestServer implements AutoCloseable {

    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Database database;
    private final ServerProcess process;
    private final @Nullable Dialect dialect;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection monitor;
    private boolean running = true;

    TestServer(Database database, ServerProcess process) {
        this.database = database;
        this.process = process;
        this.dialect = database == Database.SQLITE ? null : Dialect.of(database);
    }

    /** What the kit itself asks a server, on a connection that is nobody else's. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection monitor) throws SQLException;
    }

    /**
     * Returns the kind of server.
     *
     * @return the database
     */
    public Database database() {
        return database;
    }

    /**
     * Returns where the server listens.
     *
     * @return the host
     * @throws UnsupportedOperationException on SQLite
     */
    public String host() {
        return process.host();
    }

    /**
     * Returns where the server listens.
     *
     * @return the port
     * @throws UnsupportedOperationException on SQLite
     */
    public int port() {
        return process.port();
    }

    /**
     * Returns a user who may do everything the server knows, KILL, SUPER and XA_RECOVER_ADMIN included.
     *
     * @return the administrator; on a server given by its URL, the user of the URL
     * @throws UnsupportedOperationException on SQLite
     */
    public Credentials admin() {
        return process.admin();
    }

    /**
     * Creates an empty database, to be closed by the caller.
     *
     * @param driver what its connections are opened with
     * @return the database
     * @throws SQLException if the server refuses
     * @throws IllegalArgumentException if the driver cannot talk to this kind of server
     */
    public TestDatabase createDatabase(ClientDriver driver) throws SQLException {
        String name = "dbop_" + ProcessHandle.current().pid() + "_" + Long.toString(System.currentTimeMillis(), 36)
                + "_" + NUMBERS.incrementAndGet();
        Backend backend = process instanceof SqliteServer folder
                ? new SqliteBackend(folder, name)
                : ServerBackend.create(this, name);
        return new TestDatabase(this, name, backend, driver, backend.admin());
    }

    /**
     * Returns the server's version.
     *
     * @return the version as the server spells it, for example {@code 11.4.5-MariaDB}
     * @throws SQLException if the server does not answer
     */
    public String version() throws SQLException {
        if (database == Database.SQLITE) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
                return connection.getMetaData().getDatabaseProductVersion();
            }
        }
        return watch(connection -> connection.getMetaData().getDatabaseProductVersion());
    }

    /**
     * Ends the server at once, as a crash would. Committed and prepared transactions are on disk.
     *
     * @throws UnsupportedOperationException if the server is not an embedded one
     */
    public void kill() {
        end(process::kill);
    }

    /**
     * Lets the server shut down in order; open sessions are ended.
     *
     * @throws UnsupportedOperationException if the server is not an embedded one
     * @throws IllegalStateException if it has not ended after 30 seconds
     */
    public void stop() {
        end(process::stop);
    }

    /**
     * Starts the server again after {@link #kill} or {@link #stop}, or kills and starts it, on the same port and data.
     *
     * @throws UnsupportedOperationException if the server is not an embedded one
     * @throws IllegalStateException if it does not start
     */
    public void restart() {
        lock.lock();
        try {
            monitor = null;
            process.restart();
            running = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts a streaming hot standby of this server, for the caller, who must close it. It has the databases of this one,
     * under the same names, and their users.
     *
     * @return the standby, which accepts sessions that read
     * @throws UnsupportedOperationException if the server is not an embedded PostgreSQL
     * @throws IllegalStateException if it does not start
     */
    public TestServer startStandby() {
        TestServer standby = new TestServer(database, process.startStandby());
        TestServers.remember(standby);
        return standby;
    }

    /** Ends the server and deletes its data; a server given by its URL is left alone. */
    @Override
    public void close() {
        end(process::close);
        TestServers.forget(this);
    }

    /** False where a test has ended the server, or it has died. */
    boolean isRunning() {
        return running && handle().map(ProcessHandle::isAlive).orElse(true);
    }

    Optional<ProcessHandle> handle() {
        return process.handle();
    }

    Dialect dialect() {
        return Objects.requireNonNull(dialect, "SQLITE has no server to speak to");
    }

    /** The first driver on the class path that can talk to this server. */
    ClientDriver monitorDriver() {
        SQLException none = null;
        for (ClientDriver driver : ClientDriver.of(database)) {
            try {
                DriverManager.getDriver(driver.url(database, host(), port(), process.adminDatabase(), admin()));
                return driver;
            } catch (SQLException notOnClassPath) {
                none = notOnClassPath;
            }
        }
        throw new IllegalStateException("no JDBC driver for " + database + " on the class path: add one", none);
    }

    <T> T watch(Question<T> question) throws SQLException {
        lock.lock();
        try {
            Connection connection = monitor;
            if (connection == null || !connection.isValid(5)) {
                connection = connectMonitor();
                monitor = connection;
            }
            return question.ask(connection);
        } finally {
            lock.unlock();
        }
    }

    /** A server that has only just been restarted refuses connections while it recovers. */
    private Connection connectMonitor() throws SQLException {
        if (!isRunning()) {
            throw new SQLException(
                    "the " + database + " server is not running (ended by the test?): call restart()", "08001");
        }
        String url = monitorDriver().url(database, host(), port(), process.adminDatabase(), admin());
        return Poll.within(READY_LIMIT, () -> {
                    try {
                        return Optional.of(DriverManager.getConnection(url));
                    } catch (SQLException notYet) {
                        return Optional.<Connection>empty();
                    }
                })
                .orElseGet(() -> connectOrThrow(url));
    }

    private static Connection connectOrThrow(String url) {
        try {
            return DriverManager.getConnection(url);
        } catch (SQLException e) {
            throw new IllegalStateException("the test server refuses the kit's connection: " + e.getMessage(), e);
        }
    }

    private void end(Runnable how) {
        lock.lock();
        try {
            how.run();
            running = false;
            monitor = null;
        } finally {
            lock.unlock();
        }
    }
}
