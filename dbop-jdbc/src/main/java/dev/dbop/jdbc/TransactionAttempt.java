package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A transaction, on a connection taken for it or on the caller's. */
final class TransactionAttempt extends JdbcAttempt {
    private final Lease lease;
    private boolean commitSent;

    TransactionAttempt(Server server, Lease lease, AttemptContext context) {
        super(server, lease.connection(), context, null);
        this.lease = lease;
    }

    @Override
    int workDepth() {
        return 0;
    }

    /** Begins; on failure everything is given back before the failure is thrown. */
    static TransactionAttempt open(
            @Nullable DataSource source, Connection connection, Server server, AttemptContext context)
            throws SQLException {
        Lease lease = new Lease(source, connection, server);
        try {
            lease.endGhostOf(context.previousAttempt());
            TransactionAttempt attempt = new TransactionAttempt(server, lease, context);
            attempt.begin();
            return attempt;
        } catch (SQLException | RuntimeException failure) {
            lease.giveBackAfter(failure, connection.isClosed());
            throw failure;
        }
    }

    private void begin() throws SQLException {
        try {
            work.beginTransaction(context.isolation(), context.readOnly(), timeouts());
        } catch (SQLException failure) {
            undo(failure);
            throw failure;
        }
    }

    @Override
    public void commit() throws SQLException {
        commitSent = true;
        work.commit(context);
        end();
        boolean clean = true;
        try {
            work.restoreTransaction();
        } catch (SQLException notRestored) {
            // The work is durable; only the connection is in doubt.
            clean = false;
        }
        lease.giveBack(clean);
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        end();
        boolean gone = connectionGone(verdict) || verdict == Verdict.OUTCOME_UNKNOWN;
        if (!gone) {
            gone = !undo(cause);
        }
        lease.giveBackAfter(cause, gone);
        Verdict raised = verdict;
        if (gone) {
            raised = raised.atLeast(commitSent ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION);
        }
        return committedImplicitly() ? raised.atLeast(Verdict.GIVE_UP) : raised;
    }

    /** Rolls back and restores; false if the connection is not to be trusted any more. */
    private boolean undo(Throwable cause) {
        boolean trusted = true;
        try {
            work.rollback();
        } catch (SQLException failure) {
            suppress(cause, failure);
            trusted = false;
        }
        try {
            work.restoreTransaction();
        } catch (SQLException failure) {
            suppress(cause, failure);
            trusted = false;
        }
        return trusted;
    }

    Lease lease() {
        return lease;
    }
}
