package dev.dbop.hibernate;

import dev.dbop.AttemptContext;
import dev.dbop.PreAttemptHook;
import dev.dbop.Timeouts;
import dev.dbop.jdbc.JdbcTimeouts;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.Session;
import org.hibernate.SharedSessionContract;

/**
 * Server timeouts for a session of your own, in a scope of your own: apply them when an attempt opens, restore what was there
 * when it ends. The scopes of {@link HibernateScope} set the server's timeouts themselves.
 *
 * <p>Beside those, as {@link JdbcTimeouts} sets them, a session gets two hints, which a stateless session does not have:
 *
 * <ul>
 *   <li>{@code jakarta.persistence.lock.timeout}, which some databases honour in the pessimistic locks Hibernate asks for;
 *   <li>{@code jakarta.persistence.query.timeout}, which the driver enforces, in whole seconds. It is set a second or two
 *       above the server's own: what a driver cancels cannot be told from what a human cancelled, and is not retried.
 * </ul>
 */
public final class HibernateTimeouts {
    private static final String LOCK = "jakarta.persistence.lock.timeout";
    private static final String STATEMENT = "jakarta.persistence.query.timeout";

    /** What a session has where no hint was set: a property cannot be taken away again. */
    private static final Integer WAIT_FOREVER = -1;

    private static final Integer NO_LIMIT = 0;

    private final SharedSessionContract session;
    private final JdbcTimeouts server;
    private final Map<String, Object> before;

    private HibernateTimeouts(SharedSessionContract session, JdbcTimeouts server, Map<String, Object> before) {
        this.session = session;
        this.server = server;
        this.before = before;
    }

    /**
     * Returns the hook that sets an attempt's timeouts until its transaction, and its session, end. PostgreSQL and its
     * relatives only.
     *
     * @return a hook; on other databases it throws {@link IllegalStateException}, since nothing could restore what was
     *     there
     */
    public static PreAttemptHook<SharedSessionContract, PersistenceException> hook() {
        return (session, context) -> {
            session.doWork(connection -> JdbcTimeouts.hook().beforeAttempt(connection, context));
            hint(session, context.timeouts());
        };
    }

    /**
     * Sets an attempt's timeouts, already clamped to the time left.
     *
     * @param session in a transaction
     * @param context the attempt
     * @return restores what was there
     * @throws PersistenceException if the server refuses
     */
    public static HibernateTimeouts apply(SharedSessionContract session, AttemptContext context) {
        return apply(session, context.timeouts());
    }

    /**
     * Sets timeouts. One round trip, or none if there is nothing to set.
     *
     * @param session in a transaction
     * @param timeouts unset ones are left alone
     * @return restores what was there
     * @throws PersistenceException if the server refuses
     */
    public static HibernateTimeouts apply(SharedSessionContract session, Timeouts timeouts) {
        JdbcTimeouts server = session.doReturningWork(connection -> JdbcTimeouts.apply(connection, timeouts));
        return new HibernateTimeouts(session, server, hint(session, timeouts));
    }

    private static Map<String, Object> hint(SharedSessionContract session, Timeouts timeouts) {
        if (!(session instanceof Session stateful)) {
            return Map.of();
        }
        Map<String, Object> found = stateful.getProperties();
        Map<String, Object> before = new TreeMap<>();
        Duration lock = timeouts.lock();
        if (lock != null) {
            Object old = found.get(LOCK);
            before.put(LOCK, old == null ? WAIT_FOREVER : old);
            stateful.setProperty(LOCK, millis(lock));
        }
        Duration statement = timeouts.statement();
        if (statement != null) {
            Object old = found.get(STATEMENT);
            before.put(STATEMENT, old == null ? NO_LIMIT : old);
            stateful.setProperty(STATEMENT, millis(Duration.ofSeconds(statement.toSeconds() + 2)));
        }
        return before;
    }

    private static int millis(Duration timeout) {
        long most =
                Duration.ofMillis(Integer.MAX_VALUE).compareTo(timeout) < 0 ? Integer.MAX_VALUE : timeout.toMillis();
        return (int) Math.max(1, most);
    }

    /**
     * Restores the timeouts found by {@link #apply(SharedSessionContract, Timeouts)}; on the server it does nothing where the
     * transaction's end has done so.
     *
     * @throws PersistenceException if the server refuses; the connection must then not be used any more
     */
    public void restore() {
        if (session instanceof Session stateful) {
            before.forEach(stateful::setProperty);
        }
        session.doWork(connection -> server.restore());
    }
}
