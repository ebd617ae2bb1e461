package dev.dbop.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.SoftReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
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

    /**
     * The drivers that the loader of a class knows of. Neither side may keep the other loaded: not the driver us, as with a
     * {@link ClassValue}, nor we the driver, as with values that lead to their own keys.
     */
    private static final Map<Class<?>, SoftReference<List<Bound>>> SEEN_FROM =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** Recognises the driver behind a connection, however often it is wrapped. */
    static Bound of(Connection connection) throws SQLException {
        Class<?> metaData = connection.getMetaData().getClass();
        Bound found = behind(connection, seenFrom(connection.getClass()));
        if (found == null) {
            found = behind(connection, seenFrom(metaData));
        }
        if (found == null) {
            found = behind(connection, seenFrom(DriverMethods.class));
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        boolean asked = Objects.equals(context, connection.getClass().getClassLoader())
                || Objects.equals(context, metaData.getClassLoader())
                || Objects.equals(context, DriverMethods.class.getClassLoader());
        if (found == null && !asked) {
            found = behind(connection, seenBy(context));
        }
        return found == null ? Bound.UNKNOWN : found;
    }

    private static @Nullable Bound behind(Connection connection, List<Bound> drivers) throws SQLException {
        for (Bound driver : drivers) {
            if (driver.isBehind(connection)) {
                return driver;
            }
        }
        return null;
    }

    private static List<Bound> seenFrom(Class<?> type) {
        SoftReference<List<Bound>> known = SEEN_FROM.get(type);
        List<Bound> seen = known == null ? null : known.get();
        if (seen == null) {
            seen = seenBy(type.getClassLoader());
            SEEN_FROM.put(type, new SoftReference<>(seen));
        }
        return seen;
    }

    private static List<Bound> seenBy(@Nullable ClassLoader loader) {
        List<Bound> seen = new ArrayList<>();
        for (DriverMethods driver : values()) {
            Class<?> found = driver.typeSeenBy(loader);
            if (found != null) {
                seen.add(new Bound(driver, found));
            }
        }
        return List.copyOf(seen);
    }

    private @Nullable Class<?> typeSeenBy(@Nullable ClassLoader loader) {
        try {
            return type == null ? null : Class.forName(type, false, loader);
        } catch (ClassNotFoundException | LinkageError absent) {
            // A driver no loader knows is not the one in use.
            return null;
        }
    }

    /** Whether a transaction is open, as far as can be told without asking the server. */
    enum TransactionState {
        OPEN,
        NONE,
        UNKNOWN
    }

    /** Which statements may have others in front of them, in one text that is run one by one and stops at the first failure. */
    enum Carriers {
        NONE,
        PREPARED,
        ALL
    }

    /** The methods of one driver, bound to its classes. */
    static final class Bound {
        private static final Bound UNKNOWN = new Bound(OTHER, Connection.class);

        final DriverMethods driver;
        private final Class<?> type;
        private final Chain sessionId;
        private final Chain transactionState;
        private final Chain busyTimeout;
        private final @Nullable MethodHandle setBusyTimeout;
        private final @Nullable MethodHandle readOnly;
        private final @Nullable MethodHandle parameter;
        private final Chain autosave;
        private final Chain queryMode;
        private final Chain prepareThreshold;
        private final Chain replay;

        private Bound(DriverMethods driver, Class<?> type) {
            this.driver = driver;
            this.type = type;
            sessionId = Chain.of(type, driver.sessionId);
            transactionState = Chain.of(type, driver.transactionState);
            busyTimeout = Chain.of(type, driver == SQLITE ? "getBusyTimeout" : null);
            readOnly = driver == MYSQL ? Chain.method(type, "isReadOnly", boolean.class) : null;
            parameter = driver == PGJDBC ? Chain.method(type, "getParameterStatus", String.class) : null;
            autosave = Chain.of(type, driver == PGJDBC ? "getAutosave.name" : null);
            queryMode = Chain.of(type, driver == PGJDBC ? "getPreferQueryMode.name" : null);
            prepareThreshold = Chain.of(type, driver == PGJDBC ? "getPrepareThreshold" : null);
            replay = Chain.of(type, driver == MARIADB ? "getContext.getConf.transactionReplay" : null);
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
            return Boolean.TRUE.equals(replay.call(physical(connection)));
        }

        /** Whether several statements may be sent as one text, as Connector/J allows with allowMultiQueries. */
        boolean joinsStatements(Connection connection) throws SQLException {
            Object physical = driver == MYSQL ? connection.unwrap(type) : null;
            Object properties =
                    physical == null ? null : Chain.of(type, "getPropertySet").call(physical);
            if (properties == null) {
                return false;
            }
            MethodHandle property = Chain.method(properties.getClass(), "getBooleanProperty", String.class);
            Object found = property == null ? null : Chain.invoke(property, properties, "allowMultiQueries");
            return found != null
                    && Boolean.TRUE.equals(
                            Chain.of(found.getClass(), "getValue").call(found));
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

        /** Whether pgjdbc says that a transaction is open and has not failed; it knows with the answer to every statement. */
        boolean hasSoundTransaction(Connection connection) throws SQLException {
            return driver == PGJDBC && "OPEN".equals(String.valueOf(transactionState.call(physical(connection))));
        }

        /** Whether pgjdbc sends what has failed once more, as with autosave: a second COMMIT finds nothing to commit. */
        boolean repeatsStatements(Connection connection) throws SQLException {
            return !"NEVER".equals(autosave.call(physical(connection)));
        }

        /** Whether pgjdbc says that the transaction has failed, so that the server refuses whatever comes next. */
        boolean hasFailedTransaction(Connection connection) {
            try {
                return "FAILED".equals(String.valueOf(transactionState.call(physical(connection))));
            } catch (SQLException closed) {
                return false;
            }
        }

        /**
         * Which statements pgjdbc runs behind others of the same text as it would run them alone. Not in the simple
         * protocol, where the server reads the whole text before it runs any of it, and counts an error's position from
         * its beginning; nor with autosave, which undoes the text as a whole; nor where binary results are forced
         * (prepareThreshold=-1), since pgjdbc then takes one statement's columns for another's (measured with 42.7.14).
         */
        Carriers carriers(Connection connection) throws SQLException {
            Object physical = driver == PGJDBC ? physical(connection) : null;
            boolean forcesBinary = !(prepareThreshold.call(physical) instanceof Integer times) || times < 0;
            if (forcesBinary || !"NEVER".equals(autosave.call(physical))) {
                return Carriers.NONE;
            }
            return switch (String.valueOf(queryMode.call(physical))) {
                case "EXTENDED" -> Carriers.ALL;
                // Plain statements run in the simple protocol, or are all kept by the driver.
                case "EXTENDED_FOR_PREPARED", "EXTENDED_CACHE_EVERYTHING" -> Carriers.PREPARED;
                default -> Carriers.NONE;
            };
        }

        /**
         * Whether the driver refuses {@link java.sql.Statement#executeUpdate} whatever the statement, as Connector/J does
         * on a connection that was set read-only: even SET and COMMIT. Its own flag counts, the server is not asked.
         */
        boolean takesNoUpdates(Connection connection) throws SQLException {
            Object physical = readOnly == null ? null : physical(connection);
            return readOnly != null && physical != null && Boolean.TRUE.equals(Chain.invoke(readOnly, physical, false));
        }

        /** Whether the server is a PostgreSQL standby. It says so itself, unasked, from release 14 on. */
        boolean isOnStandby(Connection connection) throws SQLException {
            Object physical = parameter == null ? null : physical(connection);
            return parameter != null
                    && physical != null
                    && "on".equals(Chain.invoke(parameter, physical, "in_hot_standby"));
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
        private static final MethodType ONE_TO_ONE = MethodType.genericMethodType(1);

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
                handles[i] = handle.asType(ONE_TO_ONE);
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
                at = exactly(handle, at);
            }
            return at;
        }

        /** Asked around every statement: with arguments to be spread it would take 25 µs until it is compiled. */
        private static @Nullable Object exactly(MethodHandle handle, Object target) {
            try {
                return (Object) handle.invokeExact(target);
            } catch (Error error) {
                throw error;
            } catch (Throwable unavailable) {
                // As below.
                return null;
            }
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
