package dev.dbop.hibernate;

// snippet: scope
import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import jakarta.persistence.EntityManager;
import java.sql.Savepoint;
import java.util.Objects;
import org.hibernate.Session;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Every attempt a transaction of Spring's, which the code below joins with {@code @Transactional}. PostgreSQL. */
final class SessionContextSpring implements AttemptScope<Session, RuntimeException> {
    private final JpaTransactionManager manager;

    SessionContextSpring(JpaTransactionManager manager) {
        this.manager = manager;
    }

    @Override
    public Reach reach() {
        return Reach.CONNECTION;
    }

    @Override
    public Classifier classifier() {
        return HibernateClassifier.of(Database.POSTGRESQL);
    }

    @Override
    public Attempt<Session, RuntimeException> open(AttemptContext context) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("call \"" + context.name()
                    + "\" is in a transaction already, which no attempt could undo: move the retry out of it");
        }
        if (context.readOnly() || context.isolation() != null) {
            throw new IllegalStateException(
                    "call \"" + context.name() + "\" wants read-only or an isolation level: set them in the template");
        }
        TransactionStatus status = manager.getTransaction(new TransactionTemplate(manager));
        try {
            EntityManager bound =
                    EntityManagerFactoryUtils.getTransactionalEntityManager(manager.getEntityManagerFactory());
            Session session = Objects.requireNonNull(bound, "no session is bound to the thread")
                    .unwrap(Session.class);
            HibernateTimeouts.hook().beforeAttempt(session, context);
            return new SpringTransaction(manager, status, session, session.doReturningWork(c -> c.setSavepoint()));
        } catch (RuntimeException failure) {
            manager.rollback(status);
            throw failure;
        }
    }

    private record SpringTransaction(
            JpaTransactionManager manager, TransactionStatus status, Session resource, Savepoint begun)
            implements Attempt<Session, RuntimeException> {
        @Override
        public void beforeCommit() {
            if (status.isRollbackOnly()) {
                throw new UnexpectedRollbackException("marked for rollback by the operation, or by what it has called");
            }
            resource.flush(); // what fails here is certain not to be committed
            resource.doWork(connection -> connection.releaseSavepoint(begun)); // gone if a failure was swallowed
        }

        @Override
        public void commit() {
            manager.commit(status);
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            try {
                if (!status.isCompleted()) {
                    manager.rollback(status);
                }
                return verdict;
            } catch (RuntimeException failure) {
                cause.addSuppressed(failure);
                return verdict.atLeast(phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION);
            }
        }
    }
}
// end snippet
