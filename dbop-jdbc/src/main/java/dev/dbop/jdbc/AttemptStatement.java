package dev.dbop.jdbc;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of the operation. */
final class AttemptStatement extends AttemptProxy {
    private final Statement statement;
    private final @Nullable String prepared;

    private AttemptStatement(JdbcAttempt attempt, Statement statement, @Nullable String prepared) {
        super(attempt, statement);
        this.statement = statement;
        this.prepared = prepared;
    }

    static Statement of(JdbcAttempt attempt, Statement statement, @Nullable String prepared) {
        AttemptStatement handler = new AttemptStatement(attempt, statement, prepared);
        if (statement instanceof CallableStatement) {
            return handler.as(CallableStatement.class);
        }
        return statement instanceof PreparedStatement
                ? handler.as(PreparedStatement.class)
                : handler.as(Statement.class);
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        return switch (name) {
            case "getConnection" -> attempt.resource();
            case "close" -> close(method);
            case "addBatch" -> {
                check(arguments);
                yield call(method, arguments);
            }
            case "getMoreResults" -> goOn(statement, () -> call(method, arguments));
            default -> {
                Object result =
                        name.startsWith("execute") ? execute(method, arguments) : hear(() -> call(method, arguments));
                yield AttemptResultSet.guarded(attempt, result, statement, (Statement) proxy);
            }
        };
    }

    private @Nullable String check(@Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments != null && arguments[0] instanceof String sql) {
            attempt.check(sql);
            return sql;
        }
        return prepared;
    }

    private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        String sql = check(arguments);
        boolean batch = method.getName().endsWith("Batch");
        return run(statement, batch ? null : sql, () -> call(method, arguments));
    }

    /** Closing reads what is left of a result, and may so be the first to hear of a failure. */
    private @Nullable Object close(Method method) throws Throwable {
        attempt.closed(statement);
        return hear(() -> call(method, null));
    }
}
