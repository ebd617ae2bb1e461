package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.StatementText;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Statements that each commit on their own. What ran before a failure is durable, what was running may be. */
final class AutocommitAttempt extends JdbcAttempt {
    private final Lease lease;
    private boolean sent;
    private boolean writes;
    private boolean several;
    private boolean wrote;

    private AutocommitAttempt(Lease lease, AttemptContext context) throws SQLException {
        super(lease.server(), lease.connection(), context, null);
        this.lease = lease;
    }

    @Override
    int workDepth() {
        return 0;
    }

    static AutocommitAttempt open(Lease lease, AttemptContext context) throws SQLException {
        AutocommitAttempt attempt = null;
        try {
            lease.endGhostOf(context.previousAttempt());
            attempt = new AutocommitAttempt(lease, context);
            attempt.work.beginAutocommit(context.readOnly(), attempt.timeouts);
            return attempt;
        } catch (Throwable failure) {
            boolean trusted = attempt != null && !attempt.connectionGone() && attempt.restored(failure);
            lease.giveBackAfter(failure, trusted);
            throw failure;
        }
    }

    @Override
    boolean controlled() {
        return false;
    }

    @Override
    boolean reportsAutoCommit() {
        return true;
    }

    @Override
    void enter(Statement statement, @Nullable String sql) throws SQLException {
        super.enter(statement, sql);
        sent = true;
        writes = sql == null || !StatementText.reads(sql);
        several = sql == null || StatementText.mayBeSeveral(server.database, sql);
    }

    @Override
    @Nullable
    SQLException exit(@Nullable SQLException failure) throws SQLException {
        // What a batch or a procedure did before it failed has been committed statement by statement.
        wrote |= writes && (failure == null || several);
        return super.exit(failure);
    }

    @Override
    public void commit() {
        end();
        lease.giveBack(restored(null));
    }

    private boolean restored(@Nullable Throwable cause) {
        try {
            work.endAutocommit();
            return true;
        } catch (SQLException notRestored) {
            if (cause != null) {
                suppress(cause, notRestored);
            }
            return false;
        }
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict classified) {
        end();
        Verdict verdict = heeding(cause, classified);
        boolean gone = verdict == Verdict.RETRY_CONNECTION || connectionGone();
        lease.giveBackAfter(cause, !gone && restored(cause));
        if (wasAborted()) {
            lease.endGhostInBackground();
        }
        if (verdict == Verdict.GIVE_UP) {
            return verdict;
        }
        // A statement that succeeded before would be repeated; one whose connection failed may have succeeded, and so
        // may any whose failure would leave a COMMIT in doubt.
        boolean doubtful = (gone && !neverRan(cause))
                || JdbcClassifier.of(server.database).classify(cause, Phase.COMMIT) == Verdict.OUTCOME_UNKNOWN;
        boolean mayHaveHappened = wrote || (sent && doubtful);
        return mayHaveHappened ? Verdict.OUTCOME_UNKNOWN : verdict;
    }

    Lease lease() {
        return lease;
    }
}
