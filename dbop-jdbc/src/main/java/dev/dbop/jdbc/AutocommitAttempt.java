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
    private boolean wasManual;

    private AutocommitAttempt(Lease lease, @Nullable JdbcAttempt parent, AttemptContext context) throws SQLException {
        super(lease.server(), lease.connection(), context, parent);
        this.lease = lease;
    }

    /**
     * Begins; on failure everything is given back before the failure is thrown.
     *
     * @param parent the autocommit attempt it is part of, or null
     */
    static AutocommitAttempt open(Lease lease, @Nullable JdbcAttempt parent, AttemptContext context)
            throws SQLException {
        AutocommitAttempt attempt = null;
        try {
            attempt = new AutocommitAttempt(lease, parent, context);
            lease.endGhostOf(leaseBefore(context));
            attempt.begin();
            attempt.opened();
            return attempt;
        } catch (Throwable failure) {
            lease.giveBackAfter(failure, attempt != null && attempt.over(true, failure));
            throw failure;
        }
    }

    /** A pool may hand out its connections with autocommit off. */
    private void begin() throws SQLException {
        if (!raw.getAutoCommit()) {
            raw.setAutoCommit(true);
            wasManual = true;
        }
        work.beginAutocommit(context.readOnly(), timeouts);
    }

    /** Ends the attempt; returns whether the connection is as it was found, if it could be trusted until now. */
    private boolean over(boolean trusted, @Nullable Throwable cause) {
        operationEnded();
        closeStatements(cause);
        boolean restored = trusted && !connectionGone() && restored(cause);
        end();
        return restored && !wasAborted();
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
    void workIsDurable() {
        wrote = true;
        if (parent != null) {
            parent.workIsDurable();
        }
    }

    /** What a transaction that was begun behind our back has done would be lost without a word. */
    @Override
    public void beforeCommit() throws SQLException {
        super.beforeCommit();
        if (server.hasTransactionOpen(raw, work)) {
            throw new SQLException(
                    "a statement has begun a transaction and left it open: inside an autocommit attempt nobody would commit"
                            + " it; use a transaction scope",
                    "2D000");
        }
    }

    @Override
    public void commit() {
        tellParent();
        lease.giveBack(over(true, null));
    }

    private void tellParent() {
        if (parent != null && wrote) {
            parent.workIsDurable();
        }
    }

    private boolean restored(@Nullable Throwable cause) {
        try {
            if (cause != null && server.hasTransactionOpen(raw, work)) {
                work.control.run("ROLLBACK");
            }
            work.endAutocommit();
            if (wasManual) {
                raw.setAutoCommit(false);
            }
            return true;
        } catch (SQLException | RuntimeException notRestored) {
            if (cause != null) {
                suppress(cause, notRestored);
            }
            return false;
        }
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict classified) {
        Verdict verdict = heeding(cause, classified);
        boolean gone = verdict == Verdict.RETRY_CONNECTION || connectionGone();
        lease.giveBackAfter(cause, over(!gone, cause));
        if (wasAborted()) {
            lease.endGhostInBackground();
        }
        if (verdict == Verdict.GIVE_UP) {
            tellParent();
            return verdict;
        }
        // A statement that succeeded before would be repeated; one whose connection failed may have succeeded, and so
        // may any whose failure would leave a COMMIT in doubt.
        boolean doubtful = (gone && !neverRan(cause))
                || JdbcClassifier.of(server.database).classify(cause, Phase.COMMIT) == Verdict.OUTCOME_UNKNOWN;
        wrote |= sent && doubtful;
        tellParent();
        return wrote ? Verdict.OUTCOME_UNKNOWN : verdict;
    }

    @Override
    Lease lease() {
        return lease;
    }
}
