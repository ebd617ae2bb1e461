package dev.dbop.hibernate;

import dev.dbop.Operation;
import dev.dbop.VoidOperation;
import dev.dbop.sql.Database;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.RollbackException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One session for a piece of work, such as a request or a task, which all code below it on the same thread finds by {@link
 * #current}. When the work ends well the transaction is committed that it has left open, if it has; otherwise it is rolled
 * back. The session is closed in any case.
 *
 * <pre>{@code
 * try (SessionContext context = SessionContext.open(factory)) {
 *     handle(request);
 *     context.succeeded();
 * }
 * }</pre>
 *
 * <p>No transaction is begun: that is up to the work. Nothing is retried either, and a commit whose answer never arrives is a
 * failure like any other. What is to be retried runs inside, in calls with {@link HibernateScope#join} on the session or
 * {@link HibernateScope#transaction(EntityManagerFactory)}, and is committed with their end if no transaction is open around
 * them.
 *
 * <p>Belongs to the thread that opened it, as the session does. A context within one of the same factory is refused: it would
 * not see what the outer one has pending, and commit apart from it.
 */
public final class SessionContext implements AutoCloseable {
    private static final ThreadLocal<@Nullable SessionContext> INNERMOST = new ThreadLocal<>();

    private final SessionFactoryImplementor factory;
    private final Session session;
    private final Thread thread = Thread.currentThread();
    private @Nullable SessionContext outer;
    private boolean succeeded;
    private boolean closed;

    private SessionContext(SessionFactoryImplementor factory, Session session, @Nullable SessionContext outer) {
        this.factory = factory;
        this.session = session;
        this.outer = outer;
    }

    /**
     * Opens a session, which takes a connection only when it needs one.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @return the context, to be closed by this thread
     * @throws IllegalStateException if this thread has a context of the factory
     */
    public static SessionContext open(EntityManagerFactory factory) {
        SessionFactoryImplementor implementor = factory.unwrap(SessionFactoryImplementor.class);
        if (find(implementor) != null) {
            throw new IllegalStateException("thread \"" + Thread.currentThread().getName()
                    + "\" has a session context of this factory already: must have one at most; use"
                    + " SessionContext.current(factory), or close the other first");
        }
        SessionContext context = new SessionContext(implementor, implementor.openSession(), INNERMOST.get());
        INNERMOST.set(context);
        return context;
    }

    /**
     * Runs work in a context of its own.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @param work is handed the session
     * @param <T> the result
     * @param <X> what the work may throw
     * @return the work's result, once what it has left open is committed
     * @throws X if the work does; what it has left open is rolled back
     * @throws IllegalStateException if this thread has a context of the factory, or the work has closed the session
     * @throws PersistenceException if the commit fails
     */
    public static <T extends @Nullable Object, X extends Exception> T call(
            EntityManagerFactory factory, Operation<? super Session, T, X> work) throws X {
        try (SessionContext context = open(factory)) {
            T result = work.run(context.session);
            context.succeeded();
            return result;
        }
    }

    /**
     * Runs work without a result, as {@link #call}.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @param work is handed the session
     * @param <X> what the work may throw
     * @throws X if the work does; what it has left open is rolled back
     * @throws IllegalStateException if this thread has a context of the factory, or the work has closed the session
     * @throws PersistenceException if the commit fails
     */
    public static <X extends Exception> void run(EntityManagerFactory factory, VoidOperation<? super Session, X> work)
            throws X {
        try (SessionContext context = open(factory)) {
            work.run(context.session);
            context.succeeded();
        }
    }

    /**
     * Returns the session of the context this thread is in.
     *
     * @param factory the context's
     * @return the session, in a transaction or not
     * @throws IllegalStateException if this thread is in no context of the factory
     */
    public static Session current(EntityManagerFactory factory) {
        SessionContext context = find(factory.unwrap(SessionFactoryImplementor.class));
        if (context == null) {
            throw new IllegalStateException("thread \"" + Thread.currentThread().getName()
                    + "\" is in no session context of this factory: must be; run the work in SessionContext.call, or"
                    + " between SessionContext.open and close");
        }
        return context.session;
    }

    private static @Nullable SessionContext find(SessionFactoryImplementor factory) {
        SessionContext at = INNERMOST.get();
        while (at != null && (at.closed || !at.factory.equals(factory))) {
            at = at.outer;
        }
        return at;
    }

    /**
     * Returns the session.
     *
     * @return not to be closed by the work
     */
    public Session session() {
        return session;
    }

    /**
     * Says that the work has ended well. The last thing it does: what fails after it is committed all the same.
     */
    public void succeeded() {
        succeeded = true;
    }

    /**
     * Ends the context. If the work has ended well, commits the transaction that is open, if one is; rolls it back otherwise,
     * and does not throw then, so that the work's own failure is not hidden. A second call does nothing.
     *
     * @throws RollbackException if the work has ended well, but the transaction is marked for rollback; it is rolled back
     * @throws PersistenceException if the commit fails, or PostgreSQL has failed the transaction already; on MySQL and
     *     MariaDB a deadlock, or a snapshot conflict, that the work swallowed may not be noticed
     * @throws IllegalStateException if the work has ended well, but the session was closed, or another thread calls; nothing
     *     is committed then
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        leave();
        if (succeeded) {
            commit();
        } else {
            rollback(null);
        }
    }

    private void commit() {
        try {
            checkSucceeded();
            if (session.getTransaction().getStatus() == TransactionStatus.ACTIVE) {
                session.doWork(SessionContext::refuseFailed);
                commitUnlessMarked();
            }
        } catch (RuntimeException failure) {
            rollback(failure);
            throw failure;
        }
        SessionScope.close(session, null);
    }

    private void commitUnlessMarked() {
        LastLook look = LastLook.at(session, this::refuseMarked);
        try {
            session.getTransaction().commit();
        } catch (RuntimeException failure) {
            throw look.refusalOr(failure);
        }
    }

    private void checkSucceeded() {
        if (!thread.equals(Thread.currentThread())) {
            throw new IllegalStateException("the session context of thread \"" + thread.getName()
                    + "\" is closed by thread \"" + Thread.currentThread().getName()
                    + "\": must be closed by its own; nothing was committed");
        }
        if (!session.isOpen()) {
            throw new IllegalStateException(
                    "the session was closed by the work: must be left to its context; nothing was committed by it");
        }
        refuseMarked();
    }

    private void refuseMarked() {
        if (session.getTransaction().getStatus() == TransactionStatus.MARKED_ROLLBACK) {
            throw new RollbackException(
                    "the transaction is marked for rollback, by setRollbackOnly() or by a failure the"
                            + " work swallowed, and was rolled back: let the failure leave the work, or do not say that it succeeded");
        }
    }

    /**
     * PostgreSQL answers COMMIT of a failed transaction by rolling it back, without an error, and Hibernate does not mark every
     * transaction that has failed; any other statement is refused.
     */
    private static void refuseFailed(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        Database database = Database.of(metaData.getDatabaseProductName(), metaData.getDatabaseProductVersion());
        if (database.family() == Database.Family.POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        }
    }

    /** Never throws; the cause, if there is one, has what goes wrong with it. */
    private void rollback(@Nullable Throwable cause) {
        try {
            if (session.isOpen() && session.getTransaction().getStatus().canRollback()) {
                session.getTransaction().rollback();
            }
        } catch (RuntimeException failure) {
            if (cause == null) {
                LoggerFactory.getLogger(SessionContext.class)
                        .warn("the work of a session context has failed, and so has the rollback", failure);
            } else if (!cause.equals(failure)) {
                cause.addSuppressed(failure);
            }
        }
        SessionScope.close(session, cause);
    }

    /** On a thread that is not its own there is nothing to leave; closed contexts are passed over where they are. */
    private void leave() {
        SessionContext at = INNERMOST.get();
        while (at != null && at.closed) {
            at = at.outer;
        }
        if (at == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(at);
        }
    }
}
