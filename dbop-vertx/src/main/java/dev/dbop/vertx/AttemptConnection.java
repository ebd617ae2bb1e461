package dev.dbop.vertx;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.SqlConnection;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** The connection an operation is handed. */
final class AttemptConnection extends AttemptProxy {
    private AttemptConnection(VertxAttempt attempt) {
        super(attempt, attempt.session.raw);
    }

    static SqlConnection of(VertxAttempt attempt) {
        return new AttemptConnection(attempt).as(SqlConnection.class);
    }

    /** The attempt a connection was handed out by, or null. */
    static @Nullable VertxAttempt enclosing(SqlConnection connection) {
        return Proxy.isProxyClass(connection.getClass())
                        && Proxy.getInvocationHandler(connection) instanceof AttemptConnection ours
                ? ours.attempt
                : null;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "query", "preparedQuery" -> {
                Object query = call(method, arguments);
                yield query instanceof Query<?> ours ? AttemptQuery.of(attempt, ours, sql(arguments)) : query;
            }
            case "prepare" -> prepare(method, arguments);
            case "begin" -> Future.failedFuture(attempt.refused("begin()"));
            case "close" -> Future.failedFuture(attempt.refused("close()"));
            case "resetConnection", "changeUser", "specifySchema", "setOption" ->
                Future.failedFuture(attempt.refused(method.getName() + "()"));
            case "closeHandler" ->
                attempt.session.onClosing(handler(arguments)) ? proxy : chained(proxy, method, arguments);
            case "toString" -> "connection of an attempt, " + target;
            default -> chained(proxy, method, arguments);
        };
    }

    /** What is chained goes on with the connection of the attempt. */
    private @Nullable Object chained(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Object result = call(method, arguments);
        return target.equals(result) ? proxy : result;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Handler<Void> handler(@Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[0] instanceof Handler<?> handler
                ? (Handler<Void>) handler
                : null;
    }

    private Object prepare(Method method, @Nullable Object @Nullable [] arguments) {
        String sql = sql(arguments);
        Future<PreparedStatement> prepared = attempt.run(sql, () -> {
            try {
                @SuppressWarnings("unchecked")
                Future<PreparedStatement> started = (Future<PreparedStatement>) call(method, arguments);
                return started == null ? Future.failedFuture("nothing was prepared") : started;
            } catch (Throwable failure) {
                return Future.failedFuture(failure);
            }
        });
        return prepared.map(statement -> new AttemptStatement(attempt, statement, sql).as(PreparedStatement.class));
    }

    private static String sql(@Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[0] instanceof String sql ? sql : "";
    }
}
