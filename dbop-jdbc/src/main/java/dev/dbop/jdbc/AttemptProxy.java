package dev.dbop.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an operation and one of the driver's objects, so that the attempt hears of what is done with it.
 * Dynamic proxies, because the interfaces grow with every JDBC version; one for each object, none for a row.
 */
abstract class AttemptProxy implements InvocationHandler {
    final JdbcAttempt attempt;
    private final Object target;

    AttemptProxy(JdbcAttempt attempt, Object target) {
        this.attempt = attempt;
        this.target = target;
    }

    final <T> T as(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(AttemptProxy.class.getClassLoader(), new Class<?>[] {type}, this));
    }

    /** Any method but those every object and every wrapper has. */
    abstract @Nullable Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable;

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && isOurs(arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            case "isWrapperFor" -> isProxy(proxy, arguments) || Boolean.TRUE.equals(call(method, arguments));
            case "unwrap" -> isProxy(proxy, arguments) ? proxy : unwrapped(method, arguments);
            default -> answer(proxy, method, arguments);
        };
    }

    private boolean isOurs(@Nullable Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other).equals(this);
    }

    private static boolean isProxy(Object proxy, @Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
    }

    /** What is sent through the driver's own objects is seen by nobody, so all there is to send goes before. */
    private @Nullable Object unwrapped(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        attempt.heldBack.bypassedBy(attempt);
        return call(method, arguments);
    }

    /** The driver's own answer. */
    final @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return call(target, method, arguments);
    }

    static @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    /** Something the driver does, which may throw. */
    @FunctionalInterface
    interface Call {
        @Nullable
        Object run() throws Throwable;
    }

    /** Runs one statement of the operation, the attempt listening. */
    final @Nullable Object run(Statement statement, @Nullable String sql, Call call) throws Throwable {
        attempt.sendPrologue();
        return listen(statement, sql, call);
    }

    /** As {@link #run}, whether or not a prologue waits. */
    final @Nullable Object listen(Statement statement, @Nullable String sql, Call call) throws Throwable {
        attempt.begins();
        try {
            return listened(statement, sql, call);
        } finally {
            attempt.isOver();
        }
    }

    private @Nullable Object listened(Statement statement, @Nullable String sql, Call call) throws Throwable {
        attempt.enter(statement, sql);
        Object result;
        try {
            result = call.run();
        } catch (SQLException failure) {
            SQLException thrown = attempt.exit(failure);
            throw thrown == null ? failure : thrown;
        } catch (Throwable unchecked) {
            attempt.heard(null);
            throw unchecked;
        }
        SQLException ended = attempt.exit(null);
        if (ended != null) {
            throw ended;
        }
        return result;
    }

    /** Goes on with a statement that has run, for more rows or results, the attempt listening. */
    final @Nullable Object goOn(@Nullable Statement statement, Call call) throws Throwable {
        attempt.begins();
        try {
            return goneOn(statement, call);
        } finally {
            attempt.isOver();
        }
    }

    private @Nullable Object goneOn(@Nullable Statement statement, Call call) throws Throwable {
        attempt.sendPrologue();
        attempt.goOn(statement);
        Object result;
        try {
            result = call.run();
        } catch (SQLException failure) {
            SQLException thrown = attempt.heard(failure);
            throw thrown == null ? failure : thrown;
        } catch (Throwable unchecked) {
            attempt.heard(null);
            throw unchecked;
        }
        attempt.heard(null);
        return result;
    }

    /** Does what may ask the server, such as preparing or closing; the attempt hears of a failure. */
    final @Nullable Object hear(Call call) throws Throwable {
        attempt.begins();
        try {
            return call.run();
        } catch (SQLException failure) {
            if (attempt.hasEnded()) {
                throw failure;
            }
            SQLException thrown = attempt.heard(failure);
            throw thrown == null ? failure : thrown;
        } finally {
            attempt.isOver();
        }
    }
}
