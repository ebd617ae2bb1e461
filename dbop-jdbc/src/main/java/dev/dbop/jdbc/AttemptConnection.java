package dev.dbop.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection handed to an operation: the caller's, except that the attempt hears of every statement and that what
 * belongs to the attempt (commit, rollback, autocommit, isolation, read-only) is refused. A dynamic proxy, because the
 * interface grows with every JDBC version.
 */
final class AttemptConnection implements InvocationHandler {
    /** Lets a nested scope find the attempt it is in, through whatever wraps the connection. */
    interface Handle {
        JdbcAttempt attempt();
    }

    private final JdbcAttempt attempt;

    private AttemptConnection(JdbcAttempt attempt) {
        this.attempt = attempt;
    }

    static Connection of(JdbcAttempt attempt) {
        return (Connection) Proxy.newProxyInstance(
                AttemptConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new AttemptConnection(attempt));
    }

    /** The attempt a connection belongs to, or null if it is none of ours. */
    static @Nullable JdbcAttempt enclosing(Connection connection) throws SQLException {
        return connection.isWrapperFor(Handle.class)
                ? connection.unwrap(Handle.class).attempt()
                : null;
    }

    static SQLException refused(String what) {
        return new SQLException(
                what + " is refused inside an attempt: it would end or change the attempt's transaction; return from"
                        + " the operation to commit, throw to roll back",
                "2D000");
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "createStatement", "prepareStatement", "prepareCall" ->
                statement((Connection) proxy, method, arguments);
            case "commit", "setTransactionIsolation", "setReadOnly", "abort" -> owned(method, arguments);
            case "rollback" -> rollback(method, arguments);
            case "setAutoCommit" -> setAutoCommit(method, arguments);
            case "getAutoCommit" -> attempt.reportsAutoCommit();
            case "setSavepoint" -> setSavepoint(arguments);
            case "releaseSavepoint" -> savepointSql("RELEASE SAVEPOINT ", arguments);
            case "close" -> null;
            case "isClosed" -> attempt.hasEnded() || attempt.raw.isClosed();
            case "isWrapperFor" -> isHandle(arguments) || isProxy(proxy, arguments) || wraps(method, arguments);
            case "unwrap" ->
                isHandle(arguments)
                        ? (Handle) () -> attempt
                        : isProxy(proxy, arguments) ? proxy : call(attempt.raw, method, arguments);
            case "equals" -> arguments != null && isProxyOf(this, arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" ->
                "attempt " + attempt.context.number() + " of call \"" + attempt.context.name() + "\" on "
                        + attempt.server.database.productName();
            default -> {
                attempt.checkOpen();
                yield call(attempt.raw, method, arguments);
            }
        };
    }

    private static boolean isProxyOf(InvocationHandler handler, @Nullable Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other).equals(handler);
    }

    private boolean wraps(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return Boolean.TRUE.equals(call(attempt.raw, method, arguments));
    }

    private static boolean isHandle(@Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments[0] == Handle.class;
    }

    private static boolean isProxy(Object proxy, @Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
    }

    private @Nullable Object owned(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (attempt.controlled()) {
            throw refused(method.getName() + "()");
        }
        attempt.checkOpen();
        return call(attempt.raw, method, arguments);
    }

    private @Nullable Object rollback(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return arguments == null ? owned(method, null) : savepointSql("ROLLBACK TO SAVEPOINT ", arguments);
    }

    private @Nullable Object setAutoCommit(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        boolean same = arguments != null
                && Boolean.valueOf(attempt.reportsAutoCommit()).equals(arguments[0]);
        return same ? null : owned(method, arguments);
    }

    private Savepoint setSavepoint(@Nullable Object @Nullable [] arguments) throws SQLException {
        String name = arguments != null && arguments[0] instanceof String given ? given : Work.nextSavepointName();
        SqlSavepoint savepoint = new SqlSavepoint(name);
        savepointSql("SAVEPOINT ", new Object[] {savepoint});
        return savepoint;
    }

    /** In SQL, because drivers refuse savepoints, or end them wrongly, while they believe in autocommit. */
    private @Nullable Object savepointSql(String verb, @Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments == null || !(arguments[0] instanceof SqlSavepoint savepoint)) {
            throw new SQLException(
                    "the savepoint is not one of this attempt's: set it on the same connection", "3B001");
        }
        String sql = verb + attempt.server.database.quote(savepoint.name());
        try (Statement statement = attempt.raw.createStatement()) {
            run(statement, sql, () -> statement.executeUpdate(sql));
        } catch (SQLException failure) {
            throw failure;
        } catch (Throwable unchecked) {
            throw new IllegalStateException(sql, unchecked);
        }
        return null;
    }

    private record SqlSavepoint(String name) implements Savepoint {
        @Override
        public int getSavepointId() throws SQLException {
            throw new SQLException("savepoint " + name + " has a name, not a number: use getSavepointName()", "3B001");
        }

        @Override
        public String getSavepointName() {
            return name;
        }
    }

    private Object statement(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String sql = arguments != null && arguments[0] instanceof String text ? text : null;
        attempt.check(sql);
        Statement statement;
        try {
            statement = (Statement) Objects.requireNonNull(call(attempt.raw, method, arguments));
        } catch (SQLException failure) {
            // Preparing may already ask the server.
            SQLException thrown = attempt.exit(failure);
            throw thrown == null ? failure : thrown;
        }
        Class<?> type = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        return Proxy.newProxyInstance(
                AttemptConnection.class.getClassLoader(),
                new Class<?>[] {type},
                new StatementHandler(proxy, statement, sql));
    }

    /** Runs one statement of the operation, the attempt listening. */
    private @Nullable Object run(Statement statement, @Nullable String sql, Call call) throws Throwable {
        attempt.enter(statement, sql);
        Object result;
        try {
            result = call.run();
        } catch (SQLException failure) {
            SQLException thrown = attempt.exit(failure);
            throw thrown == null ? failure : thrown;
        } catch (Throwable unchecked) {
            attempt.exit(null);
            throw unchecked;
        }
        attempt.exit(null);
        return result;
    }

    @FunctionalInterface
    private interface Call {
        @Nullable
        Object run() throws Throwable;
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    /** A statement of the operation. */
    private final class StatementHandler implements InvocationHandler {
        private final Connection connection;
        private final Statement statement;
        private final @Nullable String prepared;

        StatementHandler(Connection connection, Statement statement, @Nullable String prepared) {
            this.connection = connection;
            this.statement = statement;
            this.prepared = prepared;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            String name = method.getName();
            if (name.startsWith("execute") || name.equals("addBatch")) {
                return execute(method, arguments);
            }
            return switch (name) {
                case "getConnection" -> connection;
                case "equals" -> arguments != null && isProxyOf(this, arguments[0]);
                case "hashCode" -> System.identityHashCode(proxy);
                case "isWrapperFor" ->
                    isProxy(proxy, arguments) || Boolean.TRUE.equals(call(statement, method, arguments));
                case "unwrap" -> isProxy(proxy, arguments) ? proxy : call(statement, method, arguments);
                default -> call(statement, method, arguments);
            };
        }

        private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            String sql = prepared;
            if (arguments != null && arguments[0] instanceof String text) {
                sql = text;
                attempt.check(sql);
            }
            if (method.getName().equals("addBatch")) {
                return call(statement, method, arguments);
            }
            boolean batch = method.getName().endsWith("Batch");
            return AttemptConnection.this.run(statement, batch ? null : sql, () -> call(statement, method, arguments));
        }
    }
}
