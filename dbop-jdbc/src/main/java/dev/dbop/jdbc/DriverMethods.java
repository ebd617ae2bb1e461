package dev.dbop.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What only a driver's own interface tells without a round trip. Found by name through the class loader of the
 * connection, because a driver need not be visible from here, nor be there at all.
 */
enum DriverMethods {
    PGJDBC("org.postgresql.core.BaseConnection", "getBackendPID", "getTransactionState"),
    MARIADB("org.mariadb.jdbc.Connection", "getThreadId", "getContext.getServerStatus"),
    MYSQL("com.mysql.cj.jdbc.JdbcConnection", "getId", "getSession.getServerSession.inTransactionOnServer"),
    SQLITE("org.sqlite.SQLiteConnection", null, null),
    /** A driver dbop does not know: everything is asked in SQL, or not at all. */
    OTHER(null, null, null);

    /** Bit of the status MySQL's protocol sends with every OK (MariaDB knowledge base, "OK_Packet"). */
    private static final int IN_TRANSACTION = 1;

    private final @Nullable String type;
    private final @Nullable String sessionId;
    private final @Nullable String transactionState;

    DriverMethods(@Nullable String type, @Nullable String sessionId, @Nullable String transactionState) {
        this.type = type;
        this.sessionId = sessionId;
        this.transactionState = transactionState;
    }

    /** Recognises the driver behind a connection, however often it is wrapped. */
    static Bound of(Connection connection) throws SQLException {
        for (DriverMethods driver : values()) {
            Class<?> type = driver.typeSeenFrom(connection);
            if (type != null && connection.isWrapperFor(type)) {
                return new Bound(driver, type, driver == MYSQL && allowsMultiQueries(connection.unwrap(type), type));
            }
        }
        return new Bound(OTHER, Connection.class, false);
    }

    private static boolean allowsMultiQueries(Object physical, Class<?> type) {
        Object properties = Chain.of(type, "getPropertySet").call(physical);
        if (properties == null) {
            return false;
        }
        MethodHandle property = Chain.method(properties.getClass(), "getBooleanProperty", String.class);
        Object found = property == null ? null : Chain.invoke(property, properties, "allowMultiQueries");
        return found != null
                && Boolean.TRUE.equals(Chain.of(found.getClass(), "getValue").call(found));
    }

    private @Nullable Class<?> typeSeenFrom(Connection connection) throws SQLException {
        if (type == null) {
            return null;
        }
        List<@Nullable ClassLoader> loaders = Arrays.asList(
                connection.getClass().getClassLoader(),
                connection.getMetaData().getClass().getClassLoader(),
                Thread.currentThread().getContextClassLoader(),
                DriverMethods.class.getClassLoader());
        for (ClassLoader loader : loaders) {
            Class<?> found;
            try {
                found = Class.forName(type, false, loader);
            } catch (ClassNotFoundException | LinkageError absent) {
                found = null;
            }
            if (found != null) {
                return found;
            }
        }
        // A driver no loader knows is not the one in use.
        return null;
    }

    /** Whether a transaction is open, as far as can be told without asking the server. */
    enum TransactionState {
        OPEN,
        NONE,
        UNKNOWN
    }

    /** The methods of one driver, bound to its classes. */
    static final class Bound {
        final DriverMethods driver;
        private final Class<?> type;
        private final Chain sessionId;
        private final Chain transactionState;
        private final Chain busyTimeout;
        private final @Nullable MethodHandle setBusyTimeout;
        private final @Nullable MethodHandle readOnly;
        /** Whether several statements may be sent as one text, as Connector/J allows with allowMultiQueries. */
        final boolean joinsStatements;

        private Bound(DriverMethods driver, Class<?> type, boolean joinsStatements) {
            this.joinsStatements = joinsStatements;
            this.driver = driver;
            this.type = type;
            sessionId = Chain.of(type, driver.sessionId);
            transactionState = Chain.of(type, driver.transactionState);
            busyTimeout = Chain.of(type, driver == SQLITE ? "getBusyTimeout" : null);
            readOnly = driver == MYSQL ? Chain.method(type, "isReadOnly", boolean.class) : null;
            setBusyTimeout = driver == SQLITE ? Chain.method(type, "setBusyTimeout", int.class) : null;
        }

        /** The driver's own connection: it still tells the session's number when the pool has closed its wrapper. */
        @Nullable
        Object physical(Connection connection) throws SQLException {
            return driver == OTHER ? null : connection.unwrap(type);
        }

        /**
         * Whether the driver itself repeats a transaction after a failover, as MariaDB's does with {@code
         * transactionReplay}: it does not see the COMMIT in a batch, nor put autocommit back (measured with 3.5.11).
         */
        boolean replaysTransactions(Connection connection) throws SQLException {
            Chain replay = Chain.of(type, driver == MARIADB ? "getContext.getConf.transactionReplay" : null);
            return Boolean.TRUE.equals(replay.call(physical(connection)));
        }

        /** The server's number of the session, or null. */
        @Nullable
        Long sessionId(@Nullable Object physical) {
            return sessionId.call(physical) instanceof Number number ? number.longValue() : null;
        }

        TransactionState transactionState(Connection connection) throws SQLException {
            Object state = transactionState.call(physical(connection));
            if (state == null) {
                return TransactionState.UNKNOWN;
            }
            boolean open = state instanceof Boolean flag
                    ? flag
                    : state instanceof Integer status
                            ? (status & IN_TRANSACTION) != 0
                            : !state.toString().equals("IDLE");
            return open ? TransactionState.OPEN : TransactionState.NONE;
        }

        /**
         * Whether the driver refuses {@link java.sql.Statement#executeUpdate} whatever the statement, as Connector/J does
         * on a connection that was set read-only: even SET and COMMIT. Its own flag counts, the server is not asked.
         */
        boolean takesNoUpdates(Connection connection) throws SQLException {
            Object physical = readOnly == null ? null : physical(connection);
            return readOnly != null && physical != null && Boolean.TRUE.equals(Chain.invoke(readOnly, physical, false));
        }

        /** Whether a connection is one of this driver's. */
        boolean isBehind(Connection connection) throws SQLException {
            return connection.isWrapperFor(type);
        }

        /** Milliseconds a statement waits for SQLite's lock, or null where the driver is not SQLite's. */
        @Nullable
        Integer busyTimeout(Connection connection) throws SQLException {
            return busyTimeout.call(physical(connection)) instanceof Integer millis ? millis : null;
        }

        void setBusyTimeout(Connection connection, int millis) throws SQLException {
            Object physical = physical(connection);
            if (setBusyTimeout != null && physical != null) {
                Chain.invoke(setBusyTimeout, physical, millis);
            }
        }
    }

    /** Methods called one on the result of the other. A method that is missing or fails gives null. */
    static final class Chain {
        private final MethodHandle @Nullable [] handles;

        private Chain(MethodHandle @Nullable [] handles) {
            this.handles = handles;
        }

        static Chain of(Class<?> type, @Nullable String path) {
            if (path == null) {
                return new Chain(null);
            }
            String[] names = path.split("\\.", -1);
            MethodHandle[] handles = new MethodHandle[names.length];
            Class<?> at = type;
            for (int i = 0; i < names.length; i++) {
                MethodHandle handle = method(at, names[i]);
                if (handle == null) {
                    return new Chain(null);
                }
                handles[i] = handle;
                at = handle.type().returnType();
            }
            return new Chain(handles);
        }

        static @Nullable MethodHandle method(Class<?> type, String name, Class<?>... parameters) {
            try {
                return MethodHandles.publicLookup().unreflect(type.getMethod(name, parameters));
            } catch (NoSuchMethodException | IllegalAccessException otherVersion) {
                return null;
            }
        }

        static @Nullable MethodHandle field(Class<?> type, String name) {
            try {
                return MethodHandles.publicLookup().unreflectGetter(type.getField(name));
            } catch (NoSuchFieldException | IllegalAccessException otherVersion) {
                return null;
            }
        }

        @Nullable
        Object call(@Nullable Object target) {
            if (handles == null) {
                return null;
            }
            Object at = target;
            for (MethodHandle handle : handles) {
                if (at == null) {
                    return null;
                }
                at = invoke(handle, at);
            }
            return at;
        }

        static @Nullable Object invoke(MethodHandle handle, @Nullable Object... arguments) {
            try {
                return handle.invokeWithArguments(arguments);
            } catch (Error error) {
                throw error;
            } catch (Throwable unavailable) {
                // Everything asked this way has an answer in SQL, or can be done without.
                return null;
            }
        }
    }
}
