package dev.dbop;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An interface each of whose methods is a call: an attempt makes its target anew, on the resource it runs on. */
final class RetriedProxy implements InvocationHandler {
    /** How a method is run: the engine, the scope and the target. */
    @FunctionalInterface
    private interface Caller {
        @Nullable
        Object call(RetriedMethod method, @Nullable Object @Nullable [] arguments) throws Exception;
    }

    private final String text;
    private final Map<Method, RetriedMethod> methods;
    private final Caller caller;

    private RetriedProxy(String text, Map<Method, RetriedMethod> methods, Caller caller) {
        this.text = text;
        this.methods = methods;
        this.caller = caller;
    }

    static <R, I> I blocking(
            Class<I> type, DbopRunner runner, AttemptScope<R, ?> scope, Operation<? super R, ? extends I, ?> target) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(target, "target");
        return proxy(type, runner, RetriedMethod::refuseStage, (method, arguments) -> {
            @Nullable Object[] result = new @Nullable Object[1];
            try {
                method.runner().<R, Exception>run(scope, resource -> {
                    result[0] = method.resultOn(target.run(resource), arguments);
                });
                return result[0];
            } catch (Exception failure) {
                throw method.declared(failure);
            }
        });
    }

    static <R, I> I async(
            Class<I> type, DbopRunner runner, AsyncAttemptScope<R> scope, Function<? super R, ? extends I> target) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(target, "target");
        return proxy(type, runner, RetriedMethod::refuseResult, (method, arguments) -> {
            CompletionStage<@Nullable Object> stage =
                    method.runner().callAsync(scope, resource -> method.stageOn(target.apply(resource), arguments));
            return stage;
        });
    }

    private static <I> I proxy(Class<I> type, DbopRunner runner, Consumer<RetriedMethod> check, Caller caller) {
        Objects.requireNonNull(type, "type");
        if (!type.isInterface() || type.isSealed() || type.isHidden()) {
            throw new IllegalArgumentException("type is " + type.getName() + ": must be an interface that anybody may"
                    + " implement; declare one with the methods to be run again");
        }
        Map<Method, RetriedMethod> methods = new HashMap<>();
        for (Method method : type.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !isOfObject(method)) {
                methods.put(method, RetriedMethod.of(type, method, runner));
            }
        }
        methods.values().forEach(check);
        InvocationHandler handler = new RetriedProxy(type.getSimpleName() + " by " + runner, methods, caller);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** An interface may declare them again, as {@link java.util.Comparator} does. */
    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException ofTheInterface) {
            return false;
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Exception {
        RetriedMethod called = methods.get(method);
        return called == null ? ofObject(proxy, method, arguments) : caller.call(called, arguments);
    }

    /** A proxy is equal to itself only; what an attempt's target would say is forgotten with the attempt. */
    private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && isHandlerOf(arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            default -> text;
        };
    }

    /** Every proxy has a handler of its own. */
    private boolean isHandlerOf(@Nullable Object other) {
        return other != null && Proxy.isProxyClass(other.getClass()) && equals(Proxy.getInvocationHandler(other));
    }
}
