package dev.dbop.examples.customscope;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A transaction of Spring's with a savepoint of dbop's in it. */
final class SpringAttempt implements Attempt<Connection, SQLException> {
    private final PlatformTransactionManager manager;
    private final TransactionStatus status;
    private final Classifier classifier;
    private final Ending ending = new Ending();
    private volatile @Nullable Attempt<Connection, SQLException> savepoint;
    private boolean released;

    SpringAttempt(PlatformTransactionManager manager, TransactionStatus status, Classifier classifier) {
        this.manager = manager;
        this.status = status;
        this.classifier = classifier;
    }

    void begin(AttemptScope<Connection, SQLException> savepoints, AttemptContext context) throws SQLException {
        savepoint = savepoints.open(context);
    }

    private Attempt<Connection, SQLException> savepoint() {
        return Objects.requireNonNull(savepoint, "the savepoint");
    }

    @Override
    public Connection resource() {
        return savepoint().resource();
    }

    /** Whatever can fail before COMMIT is to fail here, while it is certain that nothing has happened. */
    @Override
    public void beforeCommit() throws SQLException {
        if (status.isRollbackOnly()) {
            throw new UnexpectedRollbackException(
                    "the transaction is marked rollback-only, by a method that failed in it or by its own code: it"
                            + " cannot be committed; let the failure pass",
                    JdbcScope.firstFailure(resource()));
        }
        status.flush(); // JPA writes now, and not within COMMIT
        savepoint().beforeCommit();
        savepoint().commit(); // fails where COMMIT would roll back without a word
        released = true;
        TransactionSynchronizationManager.registerSynchronization(ending);
    }

    @Override
    public void commit() {
        try {
            manager.commit(status);
        } catch (UnexpectedRollbackException rolledBack) {
            throw rolledBack;
        } catch (RuntimeException | Error failure) {
            if (!ending.commitWasSent) {
                throw new UnexpectedRollbackException("a callback failed before COMMIT", failure);
            }
            if (!ending.committed) {
                throw failure;
            }
            LoggerFactory.getLogger(SpringTransactions.class).warn("a callback failed after COMMIT", failure);
        }
        if (!ending.committed) {
            throw new UnexpectedRollbackException("Spring has rolled back instead of committing");
        }
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        Verdict raised = released ? verdict : savepoint().rollback(cause, phase, verdict);
        boolean undone = rollBack(cause);
        if (phase == Phase.COMMIT) {
            Verdict answered = classifier.classify(cause, phase);
            return raised.atLeast(answered == null ? Verdict.OUTCOME_UNKNOWN : answered);
        }
        return undone ? raised : raised.atLeast(Verdict.RETRY_CONNECTION);
    }

    /** Has Spring end the transaction, unless a COMMIT that failed has ended it; false if it could not. */
    boolean rollBack(Throwable cause) {
        if (status.isCompleted()) {
            return true;
        }
        try {
            manager.rollback(status);
            return true;
        } catch (RuntimeException | Error failure) {
            if (!failure.equals(cause)) {
                cause.addSuppressed(failure);
            }
            return false;
        }
    }

    @Override
    public void cancel() {
        Attempt<Connection, SQLException> open = savepoint;
        if (open != null) {
            open.cancel();
        }
    }

    /** What Spring tells of COMMIT. Registered last, so that everybody else's callbacks before COMMIT have run. */
    private static final class Ending implements TransactionSynchronization {
        private boolean commitWasSent;
        private boolean committed;

        @Override
        public void beforeCommit(boolean readOnly) {
            commitWasSent = true;
        }

        @Override
        public void afterCompletion(int completed) {
            committed = completed == STATUS_COMMITTED;
        }
    }
}
