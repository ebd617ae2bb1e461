package dev.dbop.jdbc;

import java.lang.reflect.Method;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/** What a connection tells about its database, much of it by queries of the driver's own. */
final class AttemptMetaData extends AttemptProxy {
    private AttemptMetaData(JdbcAttempt attempt, DatabaseMetaData metaData) {
        super(attempt, metaData);
    }

    static DatabaseMetaData of(JdbcAttempt attempt, DatabaseMetaData metaData) {
        return new AttemptMetaData(attempt, metaData).as(DatabaseMetaData.class);
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (method.getName().equals("getConnection")) {
            return attempt.resource();
        }
        if (method.getReturnType() == ResultSet.class) {
            attempt.checkOpen();
        }
        if (!isKnown(method.getName())) {
            attempt.sendPrologue();
        }
        return AttemptResultSet.guarded(attempt, hear(() -> call(method, arguments)), null, null);
    }

    /** What pgjdbc knows without asking the server; clients look at it before anything else. */
    private static boolean isKnown(String method) {
        return switch (method) {
            case "getURL",
                    "getUserName",
                    "getDatabaseProductName",
                    "getDatabaseProductVersion",
                    "getDatabaseMajorVersion",
                    "getDatabaseMinorVersion",
                    "getDriverName",
                    "getDriverVersion" -> true;
            default -> false;
        };
    }
}
