package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.LayeredAttempt;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.RollbackException;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.SharedSessionContract;
import org.hibernate.resource.transaction.spi.TransactionStatus;

/** An attempt with a session that is spent when it ends. */
abstract class SessionAttempt<S extends SharedSessionContract>
        extends LayeredAttempt<Connection, S, PersistenceException> {
    final SessionConnection connection;

    SessionAttempt(SessionScope<S> scope, Attempt<Connection, ?> below, S session, SessionConnection connection) {
        super(scope, below, session);
        this.connection = connection;
    }

    /** A transaction marked for rollback is rolled back by its commit, without a word; a closed session has none. */
    final void refuseSpent() {
        if (!resource().isOpen()) {
            throw new IllegalStateException(
                    "the session of the attempt is closed: it must be open when the operation returns,"
                            + " to be flushed, committed and closed then; leave its end to the attempt");
        }
        refuseMarked();
    }

    final void refuseMarked() {
        if (resource().getTransaction().getStatus() == TransactionStatus.MARKED_ROLLBACK) {
            throw new RollbackException(
                    "the session's transaction is marked for rollback, by setRollbackOnly() or by a failure the operation"
                            + " swallowed, and cannot be committed: let the failure leave the operation, or run what may"
                            + " fail in HibernateScope.savepoint(session)",
                    connection.firstFailure());
        }
    }

    @Override
    public final Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        if (connection.isCommitted()) {
            // A listener's Error comes through after the fact: there is nothing to undo, nor any connection to do it
            // on.
            SessionScope.close(resource(), cause);
            return verdict;
        }
        explain(cause);
        Verdict raised = below().rollback(cause, phase, verdict);
        connection.end();
        undo(resource(), cause);
        undone(raised);
        return raised;
    }

    /** The attempt is undone, and more than that if the verdict says so. */
    void undone(Verdict raised) {}

    /** From version 7 on, find() may return null instead of throwing: what follows from that has no cause to be seen. */
    private void explain(Throwable cause) {
        SQLException first = connection.firstFailure();
        Throwable at = cause;
        for (int depth = 0; at != null && first != null && depth < 16; depth++) {
            if (at instanceof SQLException) {
                return;
            }
            at = at.getCause();
        }
        if (first != null) {
            cause.addSuppressed(first);
        }
    }

    /** Ends a session whose work is undone already, so that caches and listeners hear of it. */
    static void undo(SharedSessionContract session, Throwable cause) {
        try {
            if (session.isOpen() && session.getTransaction().getStatus().canRollback()) {
                session.getTransaction().rollback();
            }
        } catch (RuntimeException notUndone) {
            if (!notUndone.equals(cause)) {
                cause.addSuppressed(notUndone);
            }
        }
        SessionScope.close(session, cause);
    }
}
