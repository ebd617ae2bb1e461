package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Represents the other party of a conflict: a connection of its own, driven from a thread of its own.
 *
 * <p>Work is done in the order in which it is given. Transactions are opened and ended by SQL; the connection starts in
 * autocommit mode. For use by one test thread.
 */
public final class TestSession implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final TestDatabase database;
    private final Connection connection;
    private final long id;
    private final @Nullable BusyWatch busy;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(TestSession::daemon);
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    private TestSession(TestDatabase database, Connection connection) throws SQLException {
        this.database = database;
        this.connection = connection;
        this.id = database.sessionId(connection);
        this.busy = database.database() == Database.SQLITE ? BusyWatch.on(connection) : null;
    }

    /**
     * What a session does on its connection.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Work<T> {

        /**
         * Does it.
         *
         * @param connection the session's connection, not to be closed
         * @return the result
         * @throws SQLException if the database refuses
         */
        T on(Connection connection) throws SQLException;
    }

    /**
     * Opens a session as the database's user.
     *
     * @param database the database
     * @return the session, to be closed by the caller
     * @throws SQLException if the driver cannot connect
     */
    @SuppressWarnings("resource") // closed by close()
    public static TestSession open(TestDatabase database) throws SQLException {
        return new TestSession(database, database.connect());
    }

    /**
     * Returns the number by which the server knows this session.
     *
     * @return the {@link ServerSession#id}
     */
    public long id() {
        return id;
    }

    /**
     * Runs statements and waits for them.
     *
     * @param statements the SQL
     * @throws SQLException if one fails; the later ones are not run
     * @throws AssertionError if they are not done within 20 seconds
     */
    public void run(String... statements) throws SQLException {
        await(start(statements));
    }

    /**
     * Does work and waits for it.
     *
     * @param <T> the type of the result
     * @param work the work
     * @return its result
     * @throws SQLException if it fails
     * @throws AssertionError if it is not done within 20 seconds
     */
    public <T> T call(Work<T> work) throws SQLException {
        return await(start(work));
    }

    /**
     * Starts statements and does not wait.
     *
     * @param statements the SQL
     * @return their end, or their {@link SQLException}
     */
    public CompletableFuture<Boolean> start(String... statements) {
        return start(own -> {
            Dialect.execute(own, statements);
            return true;
        });
    }

    /**
     * Starts work and does not wait.
     *
     * @param <T> the type of the result
     * @param work the work
     * @return its result, or its {@link SQLException}
     */
    public <T> CompletableFuture<T> start(Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        last = result;
        thread.execute(() -> {
            try {
                if (busy != null) {
                    busy.forget();
                }
                result.complete(work.on(connection));
            } catch (SQLException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /**
     * Waits until what was started last waits for a lock: until the server says so, or, on SQLite, until the busy
     * handler of this session has been called.
     *
     * @throws SQLException if the server does not answer
     * @throws AssertionError if it ends without having waited, or does not wait within 20 seconds
     */
    public void awaitBlocked() throws SQLException {
        CompletableFuture<?> watched = last;
        Poll.until(
                LIMIT,
                () -> watched.isDone() || isBlocked(),
                () -> "session " + id + " of " + database + " did not come to wait for a lock");
        if (watched.isDone()) {
            throw new AssertionError("session " + id + " of " + database + " has ended without waiting for a lock: "
                    + (watched.isCompletedExceptionally() ? "it failed" : "nobody held it"));
        }
    }

    /** Ends the session: what still runs is killed, an open transaction rolled back, the connection closed. */
    @Override
    public void close() throws SQLException {
        if (!last.isDone() && busy == null) {
            database.kill(id);
        }
        thread.shutdown();
        connection.close();
    }

    private boolean isBlocked() throws SQLException {
        return busy != null
                ? busy.hasWaited()
                : database.sessions().stream().anyMatch(s -> s.id() == id && s.state() == ServerSession.State.BLOCKED);
    }

    private <T> T await(CompletableFuture<T> result) throws SQLException {
        try {
            return result.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException refused) {
                throw refused;
            }
            throw new IllegalStateException("session " + id + " of " + database + " failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError(
                    "session " + id + " of " + database + " is not done within " + LIMIT
                            + ": start() what has to wait for a lock",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for session " + id + " of " + database, e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "dbop-test-session");
        thread.setDaemon(true);
        return thread;
    }
}
