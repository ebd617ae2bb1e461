package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.AttemptScope;
import dev.dbop.LayeredAttempt;
import dev.dbop.jdbc.ConnectionSource;
import dev.dbop.jdbc.JdbcScope;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.TransactionStatus;

/**
 * Every attempt a savepoint in the transaction of a caller's session, with a session of its own on the same connection: a
 * session cannot be used any more after a failure, and the caller's must stay usable.
 */
final class StepScope extends SessionScope<Session> {
    private final Session caller;

    StepScope(Session caller) {
        this(caller, JdbcScope.savepoint(new CallersConnection(caller)));
    }

    private StepScope(Session caller, AttemptScope<Connection, SQLException> below) {
        super(below);
        this.caller = caller;
    }

    @Override
    public StepScope riding() {
        return new StepScope(caller, JdbcScope.ridingPrologue(JdbcScope.savepoint(new CallersConnection(caller))));
    }

    static boolean isActive(Session session) {
        return session.isOpen() && session.getTransaction().getStatus() == TransactionStatus.ACTIVE;
    }

    /**
     * What the caller has changed is the caller's: no attempt may undo it, and each has to see it, unless the caller has kept
     * the moment of flushing to himself.
     */
    @Override
    public void beforeCall() {
        super.beforeCall();
        if (isActive(caller) && caller.getHibernateFlushMode() != FlushMode.MANUAL) {
            caller.flush();
        }
    }

    @Override
    Session open(Connection connection) {
        SessionBuilder builder = caller.getSessionFactory().withOptions().connection(connection);
        Object tenant = caller.getTenantIdentifierValue();
        return tenant == null
                ? builder.openSession()
                : builder.tenantIdentifier(tenant).openSession();
    }

    @Override
    LayeredAttempt<Connection, Session, PersistenceException> attempt(
            Attempt<Connection, ?> below, Session session, SessionConnection connection) {
        SharedSessionContractImplementor around = caller.unwrap(SharedSessionContractImplementor.class);
        return new StepAttempt(
                this,
                below,
                session,
                connection,
                action -> TransactionEnd.await(around, action),
                () -> caller.getTransaction().markRollbackOnly());
    }

    /** The connection of the caller's transaction, which stays the caller's. */
    private record CallersConnection(Session caller) implements ConnectionSource {
        @Override
        public Connection acquire() {
            if (!isActive(caller)) {
                throw new IllegalStateException("the session is "
                        + (caller.isOpen()
                                ? "in a transaction that is "
                                        + caller.getTransaction().getStatus()
                                : "closed")
                        + ": a savepoint exists only in an active transaction of the session; begin one, or use"
                        + " HibernateScope.transaction or HibernateScope.join");
            }
            return caller.doReturningWork(connection -> connection);
        }

        @Override
        public void release(Connection connection) {}

        @Override
        public Object identity() {
            return caller.getSessionFactory();
        }
    }
}
