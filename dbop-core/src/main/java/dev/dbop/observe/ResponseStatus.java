package dev.dbop.observe;

import dev.dbop.sql.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The code by which a database tells what went wrong, found in what a client throws. By name, since this module does
 * without java.sql and without clients.
 */
final class ResponseStatus {
    private static final int DEPTH = 32;
    private static final Set<String> OF_CLIENTS =
            Set.of("java.sql.SQLException", "io.vertx.sqlclient.DatabaseException");

    private static final ClassValue<Methods> METHODS = new ClassValue<>() {
        @Override
        protected Methods computeValue(Class<?> type) {
            for (Class<?> at = type; at != null; at = at.getSuperclass()) {
                if (OF_CLIENTS.contains(at.getName())) {
                    return new Methods(
                            method(at, at.getName().startsWith("java.sql.") ? "getSQLState" : "getSqlState"),
                            method(at, "getErrorCode"));
                }
            }
            return Methods.NONE;
        }
    };

    private record Methods(
            @Nullable Method sqlState, @Nullable Method errorCode) {
        static final Methods NONE = new Methods(null, null);
    }

    private ResponseStatus() {}

    /** The SQLSTATE of PostgreSQL and what speaks its protocol, the error number of others; null if there is none. */
    static @Nullable String of(Throwable failure, @Nullable Database database) {
        boolean numbers = database != null && database.family() != Database.Family.POSTGRESQL;
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            Methods methods = METHODS.get(cause.getClass());
            String sqlState = text(methods.sqlState, cause);
            String number = text(methods.errorCode, cause);
            String first = numbers ? number : sqlState;
            String found = first != null ? first : numbers ? sqlState : number;
            if (found != null) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static @Nullable Method method(Class<?> type, String name) {
        try {
            return type.getMethod(name);
        } catch (NoSuchMethodException older) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Method method, Throwable failure) {
        try {
            Object value = method == null ? null : method.invoke(failure);
            boolean none = value == null || value.equals(0) || value.equals("");
            return none ? null : String.valueOf(value);
        } catch (IllegalAccessException | InvocationTargetException silent) {
            return null;
        }
    }
}
