package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.CommitProbe;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A transaction, on a connection taken for it or on the caller's. */
final class TransactionAttempt extends JdbcAttempt {
    private final Lease lease;
    private final @Nullable CommitMark mark;
    private boolean commitSent;

    private TransactionAttempt(Lease lease, AttemptContext context, @Nullable CommitMark mark) throws SQLException {
        super(lease.server(), lease.connection(), context, null);
        this.lease = lease;
        this.mark = mark;
    }

    @Override
    int workDepth() {
        return 0;
    }

    /** Begins; on failure everything is given back before the failure is thrown. */
    static TransactionAttempt open(Lease lease, AttemptContext context, @Nullable JdbcCommitProbe probe)
            throws SQLException {
        TransactionAttempt attempt = null;
        try {
            lease.endGhostOf(context.previousAttempt());
            // A read-only attempt is simply repeated.
            CommitMark mark = probe == null || context.readOnly() ? null : probe.mark(lease.server().database);
            attempt = new TransactionAttempt(lease, context, mark);
            attempt.begin();
            return attempt;
        } catch (Throwable failure) {
            lease.giveBackAfter(failure, attempt != null && attempt.undone(failure));
            throw failure;
        }
    }

    private void begin() throws SQLException {
        String riding = mark == null ? null : mark.sql();
        String value = work.beginTransaction(context.isolation(), context.readOnly(), timeouts, riding);
        if (mark != null) {
            mark.ridden(value);
        }
    }

    @Override
    public @Nullable CommitProbe commitProbe() {
        return mark == null ? null : deadline -> lease.probe(mark, deadline);
    }

    @Override
    public void commit() throws SQLException {
        commitSent = true;
        work.commit(context);
        end();
        lease.giveBack(restored(null));
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict classified) {
        end();
        Verdict verdict = heeding(cause, classified);
        boolean trusted = verdict != Verdict.RETRY_CONNECTION && verdict != Verdict.OUTCOME_UNKNOWN && undone(cause);
        lease.giveBackAfter(cause, trusted);
        if (wasAborted()) {
            lease.endGhostInBackground();
        }
        Verdict raised = verdict;
        if (!trusted) {
            raised =
                    raised.atLeast(commitSent && !neverRan(cause) ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION);
        }
        return committedImplicitly() ? raised.atLeast(Verdict.GIVE_UP) : raised;
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
        } catch (SQLException failure) {
            if (cause != null) {
                suppress(cause, failure);
            }
            return false;
        }
    }

    Lease lease() {
        return lease;
    }
}
