package dev.dbop.hibernate;

import org.hibernate.Session;
import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.SynchronizationRegistryImplementor;

/**
 * The two halves of a commit as a step's session lives through them: what comes before it happens when the operation has
 * returned, what comes after it when the transaction around is committed. A commit of the session's own would do both at once.
 * Sessions that share the step's connection have no part in it: nobody but the session's own commit can reach them.
 */
final class StepCompletion {
    /** {@code jakarta.transaction.Status.STATUS_COMMITTED}, from a module that is not asked for. */
    private static final int COMMITTED = 3;

    private final SharedSessionContractImplementor session;
    private final JdbcCoordinator jdbc;
    private final SynchronizationRegistryImplementor synchronizations;

    StepCompletion(Session session) {
        this.session = session.unwrap(SharedSessionContractImplementor.class);
        this.jdbc = this.session.getJdbcCoordinator();
        this.synchronizations = (SynchronizationRegistryImplementor)
                this.session.getTransactionCoordinator().getLocalSynchronizations();
    }

    /** Flushes, checks versions and asks listeners, any of which may fail. */
    void before() {
        session.beforeTransactionCompletion();
        synchronizations.notifySynchronizationsBeforeTransactionCompletion();
    }

    /** Tells caches and listeners, each whatever the others throw. */
    void committed(SessionConnection connection) {
        jdbc.getResourceLocalTransaction().commit();
        try {
            synchronizations.notifySynchronizationsAfterTransactionCompletion(COMMITTED);
        } finally {
            try {
                jdbc.afterTransactionCompletion(true, false);
            } finally {
                connection.ended();
            }
        }
    }
}
