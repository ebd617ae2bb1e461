package dev.dbop.jdbc.tools;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to a pgjdbc connection that listens. Found by name, because the driver need not be visible from here, nor be
 * there at all.
 */
final class RowWatchNotifications {
    private static final String TYPE = "org.postgresql.PGConnection";

    private final Object driver;
    private final Method waiting;
    private final Method pending;

    private RowWatchNotifications(Object driver, Method waiting, Method pending) {
        this.driver = driver;
        this.waiting = waiting;
        this.pending = pending;
    }

    /** Returns those of the pgjdbc connection behind a connection, or null if another driver is. */
    static @Nullable RowWatchNotifications of(Connection connection) throws SQLException {
        List<@Nullable ClassLoader> loaders = Arrays.asList(
                connection.getMetaData().getClass().getClassLoader(),
                Thread.currentThread().getContextClassLoader(),
                RowWatchNotifications.class.getClassLoader());
        for (ClassLoader loader : loaders) {
            Class<?> type = seenFrom(loader);
            if (type != null && connection.isWrapperFor(type)) {
                return of(connection.unwrap(type), type);
            }
        }
        return null;
    }

    private static @Nullable Class<?> seenFrom(@Nullable ClassLoader loader) {
        try {
            return Class.forName(TYPE, false, loader);
        } catch (ClassNotFoundException | LinkageError absent) {
            // A driver no loader knows is not the one in use.
            return null;
        }
    }

    private static @Nullable RowWatchNotifications of(Object driver, Class<?> type) {
        try {
            return new RowWatchNotifications(
                    driver, type.getMethod("getNotifications", int.class), type.getMethod("getNotifications"));
        } catch (NoSuchMethodException otherVersion) {
            return null;
        }
    }

    /** Waits for word, for at most so many milliseconds, one at least; returns whether it came. */
    boolean await(int millis) throws SQLException {
        return isAny(call(waiting, millis));
    }

    /** Forgets what has arrived and was not taken. */
    void drain() throws SQLException {
        call(pending);
    }

    private static boolean isAny(@Nullable Object notifications) {
        return notifications instanceof Object[] some && some.length > 0;
    }

    private @Nullable Object call(Method method, Object... arguments) throws SQLException {
        try {
            return method.invoke(driver, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new IllegalStateException("the driver could not be asked for notifications", thrown.getCause());
        } catch (IllegalAccessException hidden) {
            throw new IllegalStateException("the driver's " + TYPE + " is not accessible: open its module", hidden);
        }
    }
}
