package dev.dbop.hibernate;

import dev.dbop.Attempt;
import java.sql.Connection;
import org.hibernate.SharedSessionContract;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A transaction that its session commits. */
final class TransactionAttempt<S extends SharedSessionContract> extends SessionAttempt<S> {
    private @Nullable RuntimeException notCommitted;

    TransactionAttempt(SessionScope<S> scope, Attempt<Connection, ?> below, S session, SessionConnection connection) {
        super(scope, below, session, connection);
    }

    /**
     * Has the session commit. It flushes, checks versions and asks listeners, all of which may fail while it is certain that
     * nothing was committed, and only then commits its connection. A failure from there on is kept for {@link #commit}.
     */
    @Override
    public void beforeCommit() {
        super.beforeCommit();
        refuseSpent();
        LastLook look = LastLook.at(resource(), this::refuseMarked);
        connection.committing();
        try {
            resource().getTransaction().commit();
        } catch (RuntimeException failure) {
            afterFailedCommit(look.refusalOr(failure));
        }
        if (!connection.isCommitted() && notCommitted == null) {
            refuseMarked();
            throw new IllegalStateException(
                    "the session's transaction has ended without a commit: leave its end to the attempt");
        }
    }

    private void afterFailedCommit(RuntimeException failure) {
        if (connection.isCommitted()) {
            LoggerFactory.getLogger(HibernateScope.class)
                    .warn("the transaction is committed, but a listener of its session failed afterwards", failure);
        } else if (connection.isSent()) {
            notCommitted = failure;
        } else {
            throw failure;
        }
    }

    @Override
    public void commit() {
        if (notCommitted != null) {
            throw notCommitted;
        }
        SessionScope.close(resource(), null);
    }
}
