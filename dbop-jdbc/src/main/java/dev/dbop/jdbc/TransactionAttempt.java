package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.CommitProbe;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A transaction, on a connection taken for it or on the caller's. */
final class TransactionAttempt extends JdbcAttempt {
    private final Lease lease;
    private final @Nullable CommitMark mark;
    private boolean commitSent;

    private TransactionAttempt(
            Lease lease, @Nullable JdbcAttempt parent, AttemptContext context, @Nullable CommitMark mark)
            throws SQLException {
        super(lease.server(), lease.connection(), context, parent, context.timeouts(Reach.TRANSACTION));
        this.lease = lease;
        this.mark = mark;
    }

    /**
     * Begins; on failure everything is given back before the failure is thrown.
     *
     * @param parent the autocommit attempt it is part of, or null
     * @param riding whether the beginning waits for the first statement where it can
     */
    static TransactionAttempt open(
            Lease lease,
            @Nullable JdbcAttempt parent,
            AttemptContext context,
            @Nullable JdbcCommitProbe probe,
            boolean riding)
            throws SQLException {
        TransactionAttempt attempt = null;
        try {
            // A read-only attempt is simply repeated.
            CommitMark mark = probe == null || context.readOnly() ? null : probe.mark(lease.server().database);
            attempt = new TransactionAttempt(lease, parent, context, mark);
            lease.endGhostOf(leaseBefore(context));
            attempt.begin(riding);
            attempt.opened();
            return attempt;
        } catch (Throwable failure) {
            lease.giveBackAfter(failure, attempt != null && attempt.abandoned(failure));
            throw failure;
        }
    }

    private void begin(boolean riding) throws SQLException {
        // A failure to insert a row of ours is to be told from a failure of the operation.
        if (riding && !(mark instanceof InsertMark) && heldBack.mayHoldFor(this)) {
            work.holdBack(value -> {
                if (mark != null) {
                    mark.ridden(value);
                }
            });
        }
        try {
            String value = work.beginTransaction(
                    context.isolation(), context.readOnly(), timeouts, mark == null ? null : mark.sql());
            if (mark != null) {
                mark.ridden(value);
            }
        } catch (SQLException failure) {
            if (mark != null) {
                mark.explain(failure);
            }
            throw failure;
        }
    }

    /** Ends an attempt that could not be opened; false if the connection is not to be trusted any more. */
    private boolean abandoned(Throwable cause) {
        operationEnded();
        boolean undone = undone(cause);
        end();
        return undone && !wasAborted();
    }

    @Override
    public @Nullable CommitProbe commitProbe() {
        return mark == null ? null : deadline -> lease.probe(mark, deadline);
    }

    @Override
    public void commit() throws SQLException {
        closeStatements();
        commitSent = true;
        work.commit(context, comesToRest());
        tellParent(!context.readOnly());
        operationEnded();
        boolean restored = restored(null);
        end();
        lease.giveBack(restored && !wasAborted());
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict classified) {
        operationEnded();
        closeStatements(cause);
        Verdict verdict = heeding(cause, classified);
        boolean undone = verdict != Verdict.RETRY_CONNECTION && verdict != Verdict.OUTCOME_UNKNOWN && undone(cause);
        end();
        boolean trusted = undone && !wasAborted();
        lease.giveBackAfter(cause, trusted);
        if (wasAborted()) {
            lease.endGhostInBackground();
        }
        Verdict raised = verdict;
        if (!trusted) {
            raised =
                    raised.atLeast(commitSent && !neverRan(cause) ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION);
        }
        tellParent(committedImplicitly() || raised == Verdict.OUTCOME_UNKNOWN);
        return committedImplicitly() ? raised.atLeast(Verdict.GIVE_UP) : raised;
    }

    private void tellParent(boolean durable) {
        if (parent != null && durable) {
            parent.workIsDurable();
        }
    }

    /** Rolls back and restores; false if the connection is not to be trusted any more. */
    private boolean undone(Throwable cause) {
        if (connectionGone()) {
            return false;
        }
        try {
            work.rollback();
        } catch (SQLException failure) {
            suppress(cause, failure);
            return false;
        }
        return restored(cause);
    }

    /** Puts the session's settings back; the work itself is over, so a failure only concerns the connection. */
    private boolean restored(@Nullable Throwable cause) {
        try {
            work.restoreTransaction();
            return true;
        } catch (SQLException | RuntimeException failure) {
            if (cause != null) {
                suppress(cause, failure);
            }
            return false;
        }
    }

    @Override
    Lease lease() {
        return lease;
    }
}
