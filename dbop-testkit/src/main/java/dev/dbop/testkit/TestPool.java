package dev.dbop.testkit;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Represents a pool of JDBC connections that mends nothing: what a borrower leaves on a connection, a real pool would pass
 * on, or hide. A connection that comes back alive must be as it was when it was opened; closing the pool reports each that
 * was not, and each that never came back.
 *
 * <p>Thread-safe. Who asks for a connection while all are in use waits up to fifteen seconds.
 */
public final class TestPool implements DataSource, AutoCloseable {

    /** A server's list of transactions may be old: one that seems open is looked at again. */
    private static final Duration LISTED_LATE = Duration.ofSeconds(2);

    /** InnoDB makes its list anew only for who reads it after 100 ms in which nobody has. */
    private static final Duration LIST_RESTS = Duration.ofMillis(120);

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final TestDatabase database;
    private final DataSource connections;
    private final int size;
    private final Semaphore permits;
    private final Deque<Pooled> idle = new ConcurrentLinkedDeque<>();
    private final Set<Pooled> opened = ConcurrentHashMap.newKeySet();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final AtomicInteger taken = new AtomicInteger();
    private volatile boolean closed;

    TestPool(TestDatabase database, DataSource connections, int size) {
        this.database = database;
        this.connections = connections;
        this.size = size;
        this.permits = new Semaphore(size);
    }

    /**
     * Returns how often a connection was handed out.
     *
     * @return the number, the same connection counted each time
     */
    public int taken() {
        return taken.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (closed) {
            throw new SQLException("the pool is closed");
        }
        if (!acquired(1)) {
            throw new SQLTransientConnectionException(
                    "none of the pool's " + size + " connections was given back within " + PATIENCE.toSeconds() + " s");
        }
        try {
            Connection lent = lend(next());
            taken.incrementAndGet();
            return lent;
        } catch (SQLException | RuntimeException failure) {
            permits.release();
            throw failure;
        }
    }

    private boolean acquired(int count) {
        try {
            return permits.tryAcquire(count, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Pooled next() throws SQLException {
        Pooled pooled = idle.poll();
        if (pooled != null && !pooled.connection.isClosed()) {
            return pooled;
        }
        Connection connection = connections.getConnection();
        try {
            Pooled fresh = new Pooled(connection, State.of(database, connection));
            opened.add(fresh);
            return fresh;
        } catch (SQLException failure) {
            try (connection) {
                throw failure;
            }
        }
    }

    private Connection lend(Pooled pooled) {
        return (Connection) Proxy.newProxyInstance(
                TestPool.class.getClassLoader(), new Class<?>[] {Connection.class}, new Lent(pooled));
    }

    private void takeBack(Pooled pooled) {
        try {
            if (pooled.connection.isClosed()) {
                return;
            }
            State now = State.of(database, pooled.connection);
            if (now.equals(pooled.asOpened)) {
                idle.push(pooled);
            } else {
                complaints.add("a connection was given back as " + now + ": it must be as it was, " + pooled.asOpened);
            }
        } catch (SQLException dead) {
            complaints.add("a connection was given back that is of no use, instead of being closed: " + dead);
        } finally {
            permits.release();
        }
    }

    /**
     * Closes every connection. Waits up to fifteen seconds for those that are on their way back.
     *
     * @throws AssertionError if a connection came back changed or of no use, or not at all
     */
    @Override
    public void close() throws SQLException {
        closed = true;
        if (!acquired(size)) {
            complaints.add(size - permits.availablePermits() + " of " + size + " connections were not given back");
        }
        for (Pooled pooled : opened) {
            pooled.connection.close();
        }
        if (!complaints.isEmpty()) {
            throw new AssertionError(String.join("; ", complaints));
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return connections.getConnection(user, password);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return connections.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        connections.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        connections.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return connections.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return connections.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return connections.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return connections.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "pool of " + size + " on " + connections;
    }

    /** What the server and the driver say of a session. */
    private record State(SessionState server, boolean readOnly, int networkTimeout) {
        static State of(TestDatabase database, Connection connection) throws SQLException {
            Optional<SessionState> settled = Poll.within(LISTED_LATE, LIST_RESTS, () -> {
                SessionState state = database.stateOf(connection);
                return state.transaction() == SessionState.Transaction.OPEN ? Optional.empty() : Optional.of(state);
            });
            SessionState server = settled.isPresent() ? settled.get() : database.stateOf(connection);
            return new State(server, connection.isReadOnly(), networkTimeout(connection));
        }

        private static int networkTimeout(Connection connection) throws SQLException {
            try {
                return connection.getNetworkTimeout();
            } catch (SQLFeatureNotSupportedException none) {
                return 0;
            }
        }
    }

    /** A connection and what it was set to when it was opened; equal to itself only. */
    private static final class Pooled {
        final Connection connection;
        final State asOpened;

        Pooled(Connection connection, State asOpened) {
            this.connection = connection;
            this.asOpened = asOpened;
        }
    }

    /** A connection in a borrower's hands, dead once it is closed. */
    private final class Lent implements InvocationHandler {
        private final Pooled pooled;
        private final AtomicBoolean givenBack = new AtomicBoolean();

        Lent(Pooled pooled) {
            this.pooled = pooled;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            return switch (method.getName()) {
                case "close" -> {
                    if (givenBack.compareAndSet(false, true)) {
                        takeBack(pooled);
                    }
                    yield null;
                }
                case "isClosed" -> givenBack.get() || pooled.connection.isClosed();
                case "equals" -> arguments != null && isSelf(arguments[0]);
                case "hashCode" -> System.identityHashCode(proxy);
                default -> delegate(method, arguments);
            };
        }

        private boolean isSelf(@Nullable Object other) {
            return other != null
                    && Proxy.isProxyClass(other.getClass())
                    && Proxy.getInvocationHandler(other).equals(this);
        }

        private @Nullable Object delegate(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            if (givenBack.get() && method.getDeclaringClass() != Object.class) {
                throw new SQLException("the connection was given back to its pool", "08003");
            }
            try {
                return method.invoke(pooled.connection, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause() == null ? thrown : thrown.getCause();
            }
        }
    }
}
