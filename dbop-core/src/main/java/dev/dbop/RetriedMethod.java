package dev.dbop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One method of a proxied interface, with the runner of its calls.
 *
 * @param method accessible
 * @param name of interface and method, for messages
 * @param runner configured by the annotation
 */
record RetriedMethod(Method method, String name, DbopRunner runner) {
    /** Where a class carries an annotation that nobody reads; empty if it does not. */
    private static final ClassValue<String> MISPLACED = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return misplaced(type);
        }
    };

    /**
     * Prepares a method.
     *
     * @param type the interface the proxy is for; the method may be inherited
     * @throws IllegalArgumentException if the method cannot be called from here or its annotation is refused
     */
    static RetriedMethod of(Class<?> type, Method method, DbopRunner runner) {
        String name = type.getSimpleName() + "." + method.getName();
        Class<?> declaring = method.getDeclaringClass();
        if (!method.trySetAccessible()) {
            throw new IllegalArgumentException(
                    name + " cannot be called by dbop: must be a method of a public interface in"
                            + " an exported package; make it one, or open " + declaring.getPackageName() + " to "
                            + RetriedMethod.class.getModule());
        }
        Retried retried = annotation(type, method);
        refuseAmbiguous(type, method, name, retried);
        DbopRunner named = runner.named(name);
        try {
            return new RetriedMethod(method, name, retried == null ? named : RetriedSettings.apply(retried, named));
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException("@Retried of " + name + ": " + refused.getMessage(), refused);
        }
    }

    private static @Nullable Retried annotation(Class<?> type, Method method) {
        Retried own = method.getAnnotation(Retried.class);
        return own != null ? own : annotation(type, method.getDeclaringClass());
    }

    /** The one nearest to the declaration: an interface's stands for what is inherited without one. */
    private static @Nullable Retried annotation(Class<?> type, Class<?> declaring) {
        for (Class<?> above : type.getInterfaces()) {
            Retried found = declaring.isAssignableFrom(above) ? annotation(above, declaring) : null;
            if (found != null) {
                return found;
            }
        }
        return type.getAnnotation(Retried.class);
    }

    /** A proxy has one method for those of several interfaces that look alike; which one is called nobody says. */
    private static void refuseAmbiguous(Class<?> type, Method method, String name, @Nullable Retried retried) {
        for (Method other : type.getMethods()) {
            if (other.getName().equals(method.getName())
                    && Arrays.equals(other.getParameterTypes(), method.getParameterTypes())
                    && !Objects.equals(annotation(type, other), retried)) {
                throw new IllegalArgumentException("@Retried of " + name + " differs between "
                        + method.getDeclaringClass().getSimpleName() + " and "
                        + other.getDeclaringClass().getSimpleName() + ": must be one; declare the method again in "
                        + type.getSimpleName() + ", with the annotation that is meant");
            }
        }
    }

    /** An attempt ends when the method returns: what it returned must not still be at work. */
    void refuseStage() {
        if (comesLater(method.getReturnType())) {
            throw new IllegalArgumentException(name + " returns "
                    + method.getReturnType().getSimpleName()
                    + ": must return its result, since the attempt ends with the method; make the proxy with proxyAsync,"
                    + " on AsyncAttemptScope.blocking(scope, executor)");
        }
    }

    /** Whoever calls an asynchronous proxy must not have to wait. */
    void refuseResult() {
        Class<?> returned = method.getReturnType();
        if (returned != CompletionStage.class && returned != CompletableFuture.class) {
            throw new IllegalArgumentException(
                    name + " returns " + returned.getSimpleName()
                            + ": must return CompletionStage or CompletableFuture; move it to an interface of its own, for proxy");
        }
    }

    private static boolean comesLater(Class<?> type) {
        return CompletionStage.class.isAssignableFrom(type)
                || Future.class.isAssignableFrom(type)
                || Flow.Publisher.class.isAssignableFrom(type);
    }

    /** Calls the method on the target of one attempt. What it throws comes out as it is. */
    @Nullable
    Object on(@Nullable Object target, @Nullable Object @Nullable [] arguments) throws Exception {
        if (target == null) {
            throw new NullPointerException(
                    "null returned as the target of " + name + ": must be an object that has it");
        }
        String misplaced = MISPLACED.get(target.getClass());
        if (!misplaced.isEmpty()) {
            throw new IllegalStateException(
                    misplaced + " is annotated with @Retried: must not be, since only interfaces' annotations are read;"
                            + " move it to the interface of " + name);
        }
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw RetriedMethod.<Exception>asItIs(Objects.requireNonNullElse(thrown.getCause(), thrown));
        }
    }

    /** As {@link #on}, refusing what the return type did not show: a generic method may return anything. */
    @Nullable
    Object resultOn(@Nullable Object target, @Nullable Object @Nullable [] arguments) throws Exception {
        Object result = on(target, arguments);
        if (result != null && comesLater(result.getClass())) {
            throw new IllegalStateException(
                    name + " returned a " + result.getClass().getSimpleName()
                            + ": must return its result, since the attempt ends with the method; make the proxy with proxyAsync");
        }
        return result;
    }

    /** As {@link #on}, for methods whose result is a stage. */
    @SuppressWarnings("unchecked")
    CompletionStage<@Nullable Object> stageOn(@Nullable Object target, @Nullable Object @Nullable [] arguments) {
        try {
            Object stage = on(target, arguments);
            return (CompletionStage<@Nullable Object>)
                    Objects.requireNonNull(stage, () -> name + " returned null: must return a stage");
        } catch (Exception failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    /** The failure as the caller of the method can get it: one that is checked must be declared. */
    Exception declared(Exception failure) {
        boolean allowed = failure instanceof RuntimeException
                || Arrays.stream(method.getExceptionTypes()).anyMatch(type -> type.isInstance(failure));
        return allowed
                ? failure
                : new UndeclaredThrowableException(
                        failure,
                        name + " failed with " + failure.getClass().getName()
                                + ", which it does not declare; add it, or what it extends, to the method's throws clause");
    }

    private static String misplaced(Class<?> target) {
        for (Class<?> type = target; type != null; type = type.getSuperclass()) {
            if (type.isAnnotationPresent(Retried.class)) {
                return type.getSimpleName();
            }
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Retried.class)) {
                    return type.getSimpleName() + "." + method.getName();
                }
            }
        }
        return "";
    }

    /** What the caller's method throws is declared there, not here; it need not even be an exception. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> Exception asItIs(Throwable failure) throws E {
        throw (E) failure;
    }
}
