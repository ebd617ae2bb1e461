package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.jdbc.JdbcScope;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.jspecify.annotations.Nullable;

/**
 * The attempt's connection as a session has it. A session ends its transaction by {@link Connection#commit} and {@link
 * Connection#rollback}, which an attempt refuses to operations: they are let through when it is the attempt that has the
 * session end.
 */
final class SessionConnection implements InvocationHandler {
    private enum State {
        /** The operation runs: it has nothing to end. */
        WORKING,
        /** The attempt has the session commit. */
        COMMITTING,
        /** COMMIT was sent; nobody knows yet. */
        SENT,
        COMMITTED,
        /** The attempt is over, and all that is done for the session's sake does nothing. */
        ENDED
    }

    private final Attempt<Connection, ?> attempt;
    private final Connection connection;
    private final List<TransactionObserver> waiting = new ArrayList<>();
    private State state = State.WORKING;

    SessionConnection(Attempt<Connection, ?> attempt) {
        this.attempt = attempt;
        this.connection = (Connection) Proxy.newProxyInstance(
                SessionConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    /** The connection of a session of ours; null for any other session. */
    static @Nullable SessionConnection of(SharedSessionContractImplementor session) {
        Connection physical =
                session.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection();
        return Proxy.isProxyClass(physical.getClass())
                        && Proxy.getInvocationHandler(physical) instanceof SessionConnection own
                ? own
                : null;
    }

    /** Keeps an observer for {@link #ended}: those that only the session's transaction knows cannot be reached. */
    void await(TransactionObserver observer) {
        waiting.add(observer);
    }

    /** Tells the observers of a commit that the session's own transaction has no part in. */
    void ended() {
        List<TransactionObserver> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(observer -> observer.afterCompletion(true, false));
    }

    Connection connection() {
        return connection;
    }

    /** From here on a commit of the session's commits the attempt. */
    void committing() {
        state = State.COMMITTING;
    }

    /** From here on a commit, or rollback, of the session's is none. */
    void end() {
        state = State.ENDED;
    }

    /** The first failure of a statement, which the session may have kept to itself. */
    @Nullable
    SQLException firstFailure() {
        try {
            return JdbcScope.firstFailure(attempt.resource());
        } catch (SQLException unknown) {
            return null;
        }
    }

    boolean isSent() {
        return state == State.SENT;
    }

    boolean isCommitted() {
        return state == State.COMMITTED;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && isOurs(arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            case "commit" -> commit(method, arguments);
            case "rollback" -> rollback(method, arguments);
            case "setAutoCommit" -> null;
            case "getAutoCommit" -> false;
            default -> call(method, arguments);
        };
    }

    private boolean isOurs(@Nullable Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other).equals(this);
    }

    private @Nullable Object commit(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        switch (state) {
            case COMMITTING -> {
                // What was flushed last may have failed, and been swallowed by a listener.
                attempt.beforeCommit();
                state = State.SENT;
                attempt.commit();
                state = State.COMMITTED;
            }
            case ENDED -> {}
            default -> call(method, arguments);
        }
        return null;
    }

    private @Nullable Object rollback(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        boolean whole = arguments == null;
        return whole && state != State.WORKING ? null : call(method, arguments);
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(attempt.resource(), arguments);
        } catch (InvocationTargetException thrown) {
            Throwable cause = thrown.getCause();
            throw cause == null ? new SQLException(thrown) : cause;
        }
    }
}
