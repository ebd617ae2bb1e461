package dev.dbop.vertx;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an operation and one of the client's objects, so that the attempt hears of what is done with it.
 * Dynamic proxies of every interface the object has: users cast a connection to their client's, and Vert.x its own
 * templates to what lies behind.
 */
abstract class AttemptProxy implements InvocationHandler {
    private static final ClassValue<Class<?>[]> INTERFACES = new ClassValue<>() {
        @Override
        protected Class<?>[] computeValue(Class<?> type) {
            Set<Class<?>> found = new LinkedHashSet<>();
            for (Class<?> at = type; at != null; at = at.getSuperclass()) {
                for (Class<?> each : at.getInterfaces()) {
                    if (Modifier.isPublic(each.getModifiers())) {
                        found.add(each);
                    }
                }
            }
            return found.toArray(new Class<?>[0]);
        }
    };

    final VertxAttempt attempt;
    final Object target;

    AttemptProxy(VertxAttempt attempt, Object target) {
        this.attempt = attempt;
        this.target = target;
    }

    final <T> T as(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(target.getClass().getClassLoader(), INTERFACES.get(target.getClass()), this));
    }

    /** Any method but those every object has. */
    abstract @Nullable Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable;

    @Override
    public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && isThis(arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            default -> answer(proxy, method, arguments);
        };
    }

    private boolean isThis(@Nullable Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other).equals(this);
    }

    /** The client's own answer. */
    final @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
