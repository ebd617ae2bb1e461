package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.slf4j.LoggerFactory;

/**
 * A savepoint. Its work is durable only when the caller's transaction is, so the session of a step that went well stays open
 * until then, empty: what it would tell second-level cache and listeners of a committed transaction waits with it.
 */
final class StepAttempt extends SessionAttempt<Session> {
    private final StepCompletion completion;
    private final Consumer<Consumer<Boolean>> whole;
    private final boolean losesTransactions;
    private final Runnable lost;

    /**
     * Makes the attempt.
     *
     * @param whole has something done when the transaction around has ended, and tells it whether that was committed
     * @param lost marks the transaction around as lost
     */
    StepAttempt(
            SessionScope<Session> scope,
            Attempt<Connection, ?> below,
            Session session,
            SessionConnection connection,
            Consumer<Consumer<Boolean>> whole,
            Runnable lost) {
        super(scope, below, session, connection);
        this.completion = new StepCompletion(session);
        this.whole = whole;
        // InnoDB undoes the whole; elsewhere the transaction goes on after a rollback to the savepoint.
        Database database = scope.database();
        this.losesTransactions = database != null && database.family() == Database.Family.MYSQL;
        this.lost = lost;
    }

    /** Everything the session does before a transaction is committed; it flushes, and may fail. */
    @Override
    public void beforeCommit() {
        super.beforeCommit();
        refuseSpent();
        completion.before();
        refuseSpent();
        super.beforeCommit();
    }

    /** A transaction that was lost with the step must not be committed by a caller who goes on without it. */
    @Override
    void undone(Verdict raised) {
        if (raised == Verdict.RETRY_CONNECTION || (raised == Verdict.RETRY_TRANSACTION && losesTransactions)) {
            lost.run();
        }
    }

    @Override
    public void commit() {
        super.commit();
        connection.end();
        resource().clear();
        whole.accept(this::completed);
    }

    private void completed(boolean committed) {
        if (!committed) {
            undo(resource(), new IllegalStateException("the caller's transaction was rolled back"));
            return;
        }
        try {
            completion.committed(connection);
        } catch (RuntimeException failure) {
            LoggerFactory.getLogger(HibernateScope.class)
                    .warn(
                            "the transaction is committed, but a listener of a step's session failed afterwards",
                            failure);
        }
        SessionScope.close(resource(), null);
    }
}
