package dev.dbop.hibernate;

import dev.dbop.AttemptScope;
import dev.dbop.Reach;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.cache.spi.RegionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The scopes for Hibernate ORM 6.6 and 7, native or as JPA provider, with transactions of its own (not JTA).
 *
 * <p>Every attempt gets a fresh session, because a session is spent after a failure, on a connection from where the session
 * factory takes its own. Transaction, timeouts, read-only mode and isolation are those of {@link JdbcScope}. The session is
 * in a transaction, flushed and committed when the operation returns; commit and rollback are the attempt's and refused to
 * the operation. A transaction marked for rollback is never reported as committed: {@link
 * jakarta.persistence.RollbackException} is thrown.
 *
 * <p>Entities are detached when the call returns: what is lazy and was not loaded fails then with {@code
 * LazyInitializationException}. Fetch what is needed inside the operation, or return something else than entities.
 *
 * <p>Entities that were loaded, or persisted, outside the call must not be changed inside it: what a failed attempt did to
 * them is not undone. Load them anew in the operation.
 *
 * <p>Nothing of the caller's session carries over into a step: not its filters, nor its properties or interceptor.
 */
public final class HibernateScope {
    private HibernateScope() {}

    /**
     * Returns a scope in which every attempt is a transaction in a session of its own, on a fresh connection.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @return a scope of reach {@link Reach#CONNECTION}
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static AttemptScope<Session, PersistenceException> transaction(EntityManagerFactory factory) {
        return transactions(hibernates(factory), null);
    }

    /**
     * Returns a scope as {@link #transaction(EntityManagerFactory)}, that finds out whether a COMMIT whose answer never came
     * was executed: the call then returns the operation's own result, or runs the operation again.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @param probe how to find out
     * @return a scope of reach {@link Reach#CONNECTION}
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static AttemptScope<Session, PersistenceException> transaction(
            EntityManagerFactory factory, JdbcCommitProbe probe) {
        return transactions(hibernates(factory), probe);
    }

    /**
     * Returns a scope in which every attempt is a transaction in a stateless session of its own, on a fresh connection.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @return a scope of reach {@link Reach#CONNECTION}
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static AttemptScope<StatelessSession, PersistenceException> stateless(EntityManagerFactory factory) {
        return stateless(hibernates(factory), null);
    }

    /**
     * Returns a scope as {@link #stateless(EntityManagerFactory)}, with a probe as in {@link
     * #transaction(EntityManagerFactory, JdbcCommitProbe)}.
     *
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's
     * @param probe how to find out
     * @return a scope of reach {@link Reach#CONNECTION}
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static AttemptScope<StatelessSession, PersistenceException> stateless(
            EntityManagerFactory factory, JdbcCommitProbe probe) {
        return stateless(hibernates(factory), probe);
    }

    /**
     * Returns a scope in which every attempt is a savepoint in the transaction of the caller's session, with a session of its
     * own on the same connection. The caller's pending changes are flushed once, before the first attempt, unless the flush
     * mode of the caller's session is {@code MANUAL}; a failure of that goes to the caller. A failed attempt leaves the
     * caller's session and transaction as they were, unless it has cost the transaction, which is marked for rollback then.
     *
     * <p>Listeners and synchronizations of a step's session are asked before completion when the operation has returned, and
     * told of the completion when the caller's transaction is committed, or the step undone. A session that shares the step's
     * connection ({@code sessionWithOptions().connection()}) is flushed by the operation or by nobody.
     *
     * <p>The caller's session does not see by itself what a step has changed: entities it has loaded before stay as they are
     * until {@code refresh}.
     *
     * @param session in an active transaction, usually the one an enclosing operation was handed
     * @return a scope of reach {@link Reach#SAVEPOINT}; calls through it throw {@link IllegalStateException} if no
     *     transaction is active
     * @throws IllegalStateException if the session leaves transactions to JTA
     */
    public static AttemptScope<Session, PersistenceException> savepoint(EntityManager session) {
        return new StepScope(hibernates(session));
    }

    /**
     * Returns a scope in which every attempt is a savepoint in the transaction on a connection, with a session of its own on
     * it: entities beside plain JDBC, or in a branch of a {@link dev.dbop.jdbc.TwoPhase}. The session is flushed when the
     * operation returns; its listeners hear of a commit then.
     *
     * @param factory opens the sessions; without second-level cache, which would not learn when the transaction ends
     * @param connection with a transaction open, usually the one an enclosing operation was handed
     * @return a scope of reach {@link Reach#SAVEPOINT}; opening it throws {@link IllegalStateException} if no
     *     transaction is open
     * @throws IllegalArgumentException if the factory has a second-level cache
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static AttemptScope<Session, PersistenceException> savepoint(
            EntityManagerFactory factory, Connection connection) {
        SessionFactoryImplementor own = hibernates(factory);
        if (own.getSessionFactoryOptions().isSecondLevelCacheEnabled()
                && !isNone(own.getCache().getRegionFactory())) {
            throw new IllegalArgumentException("the session factory \"" + own.getName()
                    + "\" has a second-level cache: it would not learn when, and whether, the transaction on this connection"
                    + " is committed; use a factory with hibernate.cache.use_second_level_cache=false");
        }
        return new ConnectionStepScope(own, connection);
    }

    /**
     * Returns a scope in which every attempt is a savepoint if the session is in an active transaction, as with {@link
     * #savepoint}, and a transaction in a session of its own otherwise, as with {@link #transaction(EntityManagerFactory)}.
     *
     * @param session in an active transaction or not
     * @return a scope of reach {@link Reach#SAVEPOINT} or {@link Reach#CONNECTION}
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static AttemptScope<Session, PersistenceException> join(EntityManager session) {
        return new JoinScope(hibernates(session));
    }

    /**
     * Returns a scope as the given one, whose attempts save a round trip where they can, as {@link
     * JdbcScope#ridingPrologue} says: what has to be sent before the operation travels with its first statement. INSERTs
     * whose keys the database generates, batches, and whatever the session asks of the connection itself, do not take it
     * along; a step, {@code savepoint}, sends it first, as without the option.
     *
     * @param scope one of this class's scopes
     * @param <S> what the operation is handed
     * @return a scope of the same reach
     * @throws IllegalArgumentException if the scope is none of this class's
     */
    public static <S> AttemptScope<S, PersistenceException> ridingPrologue(
            AttemptScope<S, PersistenceException> scope) {
        if (scope instanceof RidingScope<S> own) {
            return own.riding();
        }
        throw new IllegalArgumentException("scope is \"" + scope
                + "\": its attempts are not begun by dbop on JDBC; pass a scope of HibernateScope");
    }

    /** Sessions are opened by what both lines of Hibernate declare alike. */
    private static AttemptScope<Session, PersistenceException> transactions(
            SessionFactoryImplementor factory, @Nullable JdbcCommitProbe probe) {
        SessionFactory opener = factory;
        return new TransactionScope<>(
                below(factory, probe),
                connection -> opener.withOptions().connection(connection).openSession());
    }

    private static AttemptScope<StatelessSession, PersistenceException> stateless(
            SessionFactoryImplementor factory, @Nullable JdbcCommitProbe probe) {
        SessionFactory opener = factory;
        return new TransactionScope<>(
                below(factory, probe),
                connection ->
                        opener.withStatelessOptions().connection(connection).openStatelessSession());
    }

    /** Without a provider of caches Hibernate has one that caches nothing, which is none of its public types. */
    private static boolean isNone(RegionFactory cache) {
        return cache.getClass().getSimpleName().equals("NoCachingRegionFactory");
    }

    private static AttemptScope<Connection, SQLException> below(
            SessionFactoryImplementor factory, @Nullable JdbcCommitProbe probe) {
        return probe == null
                ? JdbcScope.transaction(FactoryConnections.of(factory))
                : JdbcScope.transaction(FactoryConnections.of(factory), probe);
    }

    /** One that is closed is refused like any other in the wrong state, when it is used. */
    private static Session hibernates(EntityManager session) {
        Session own = session instanceof Session itself ? itself : session.unwrap(Session.class);
        hibernates(own.getSessionFactory());
        return own;
    }

    private static SessionFactoryImplementor hibernates(EntityManagerFactory factory) {
        SessionFactoryImplementor implementor = factory.unwrap(SessionFactoryImplementor.class);
        if (implementor
                .getServiceRegistry()
                .requireService(TransactionCoordinatorBuilder.class)
                .isJta()) {
            throw new IllegalStateException(
                    "the session factory \"" + implementor.getName()
                            + "\" leaves transactions to JTA: dbop begins and commits its own; configure"
                            + " hibernate.transaction.coordinator_class=jdbc, or write a scope around your transaction manager");
        }
        return implementor;
    }
}
