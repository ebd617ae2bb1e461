package dev.dbop.jdbc;

import java.lang.reflect.Method;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a statement. Drivers may fetch, or even compute, a row only when it is asked for: that takes time like the
 * statement itself, and fails like it.
 */
final class AttemptResultSet extends AttemptProxy {
    private final ResultSet rows;
    private final @Nullable Statement statement;
    private final @Nullable Statement handedOut;

    private AttemptResultSet(
            JdbcAttempt attempt, ResultSet rows, @Nullable Statement statement, @Nullable Statement handedOut) {
        super(attempt, rows);
        this.rows = rows;
        this.statement = statement;
        this.handedOut = handedOut;
    }

    /**
     * Puts a proxy around a result if it is one of rows.
     *
     * @param statement what the rows come from; null for the driver's own statements, which nobody can cancel
     * @param handedOut what the operation has of that statement
     */
    static @Nullable Object guarded(
            JdbcAttempt attempt,
            @Nullable Object result,
            @Nullable Statement statement,
            @Nullable Statement handedOut) {
        return result instanceof ResultSet rows
                ? new AttemptResultSet(attempt, rows, statement, handedOut).as(ResultSet.class)
                : result;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "next",
                    "previous",
                    "first",
                    "last",
                    "absolute",
                    "relative",
                    "beforeFirst",
                    "afterLast",
                    "isLast",
                    "refreshRow" -> goOn(statement, () -> call(method, arguments));
            case "insertRow", "updateRow", "deleteRow" -> write(method, arguments);
            case "getStatement" -> handedOut == null ? ofTheDriver() : handedOut;
            // SQLite's driver gives its result set as the result set's metadata as well.
            case "getMetaData" -> hear(() -> call(method, arguments));
            default -> {
                Object result = hear(() -> call(method, arguments));
                if (result instanceof Blob || result instanceof Clob) {
                    // It sends by itself, past the attempt.
                    attempt.heldBack.bypassedBy(attempt);
                }
                yield guarded(attempt, result, statement, handedOut);
            }
        };
    }

    private @Nullable Object write(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Statement from = statement == null ? rows.getStatement() : statement;
        return run(from, null, () -> call(method, arguments));
    }

    private @Nullable Statement ofTheDriver() throws Throwable {
        Statement own = rows.getStatement();
        return own == null ? null : AttemptStatement.of(attempt, own, null, null);
    }
}
