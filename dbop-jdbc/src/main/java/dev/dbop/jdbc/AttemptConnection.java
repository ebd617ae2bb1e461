package dev.dbop.jdbc;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection handed to an operation: the caller's, except that the attempt hears of every statement and that what
 * belongs to the attempt (commit, rollback, autocommit, isolation, read-only) is refused.
 */
final class AttemptConnection extends AttemptProxy {
    /** Lets a nested scope find the attempt it is in, through whatever wraps the connection. */
    interface Handle {
        JdbcAttempt attempt();
    }

    private AttemptConnection(JdbcAttempt attempt) {
        super(attempt, attempt.raw);
    }

    static Connection of(JdbcAttempt attempt) {
        return new AttemptConnection(attempt).as(Connection.class);
    }

    /** The attempt a connection belongs to, or null if it is none of ours. */
    static @Nullable JdbcAttempt enclosing(Connection connection) throws SQLException {
        if (Proxy.isProxyClass(connection.getClass())
                && Proxy.getInvocationHandler(connection) instanceof AttemptConnection ours) {
            return ours.attempt;
        }
        return connection.isWrapperFor(Handle.class)
                ? connection.unwrap(Handle.class).attempt()
                : null;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        boolean asked = arguments != null && arguments[0] == Handle.class;
        if (asked && method.getName().equals("isWrapperFor")) {
            return true;
        }
        return asked && method.getName().equals("unwrap")
                ? (Handle) () -> attempt
                : super.invoke(proxy, method, arguments);
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "createStatement", "prepareStatement", "prepareCall" -> statement(method, arguments);
            case "getMetaData" -> metaData(method);
            case "commit", "setTransactionIsolation", "setReadOnly", "abort" -> throw refused(method);
            case "rollback" -> rollback(method, arguments);
            case "setAutoCommit" -> setAutoCommit(method, arguments);
            case "getAutoCommit" -> attempt.reportsAutoCommit();
            case "setSavepoint" -> setSavepoint(arguments);
            case "releaseSavepoint" -> savepointSql("RELEASE SAVEPOINT ", arguments);
            case "close" -> null;
            case "isClosed" -> attempt.hasEnded() || attempt.raw.isClosed();
            case "toString" ->
                "attempt " + attempt.context.number() + " of call \"" + attempt.context.name() + "\" on "
                        + attempt.server.database.productName();
            case "isReadOnly", "getHoldability", "getWarnings", "clearWarnings", "nativeSQL" -> {
                attempt.checkOpen();
                yield call(method, arguments);
            }
            default -> {
                attempt.checkOpen();
                attempt.sendPrologue();
                yield call(method, arguments);
            }
        };
    }

    private SQLException refused(Method method) {
        return attempt.refused(method.getName() + "()");
    }

    private @Nullable Object rollback(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments == null) {
            throw refused(method);
        }
        return savepointSql("ROLLBACK TO SAVEPOINT ", arguments);
    }

    private @Nullable Object setAutoCommit(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        boolean same = arguments != null
                && Boolean.valueOf(attempt.reportsAutoCommit()).equals(arguments[0]);
        if (!same) {
            throw refused(method);
        }
        return null;
    }

    private Savepoint setSavepoint(@Nullable Object @Nullable [] arguments) throws SQLException {
        if (!attempt.controlled()) {
            throw attempt.refused("setSavepoint()");
        }
        String name = arguments != null && arguments[0] instanceof String given ? given : SavepointName.next();
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
            run(statement, sql, () -> statement.execute(sql));
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

    private Object statement(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        String sql = arguments != null && arguments[0] instanceof String text ? text : null;
        attempt.check(sql);
        Statement statement = (Statement) Objects.requireNonNull(hear(() -> call(method, arguments)));
        attempt.opened(statement);
        Ride ride = attempt.held() == null ? null : new Ride(statement, sql, preparing(method, arguments));
        return AttemptStatement.of(attempt, statement, sql, ride);
    }

    /** Prepares another text alike, where nothing but the text is asked for: generated keys come with one statement only. */
    private Ride.@Nullable Preparing preparing(Method method, @Nullable Object @Nullable [] arguments) {
        if (arguments == null || !isPlain(arguments) || !method.getName().equals("prepareStatement")) {
            return null;
        }
        @Nullable Object[] others = arguments.clone();
        return sql -> {
            others[0] = sql;
            return (PreparedStatement) Objects.requireNonNull(call(method, others));
        };
    }

    private static boolean isPlain(@Nullable Object[] arguments) {
        return arguments.length == 1
                || (arguments.length == 3
                        && Objects.equals(arguments[1], ResultSet.TYPE_FORWARD_ONLY)
                        && Objects.equals(arguments[2], ResultSet.CONCUR_READ_ONLY));
    }

    private DatabaseMetaData metaData(Method method) throws Throwable {
        attempt.checkOpen();
        return AttemptMetaData.of(attempt, (DatabaseMetaData) Objects.requireNonNull(call(method, null)));
    }
}
