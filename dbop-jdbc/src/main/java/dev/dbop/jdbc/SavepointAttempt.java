package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A savepoint in a transaction that belongs to somebody else, an enclosing attempt or not. */
final class SavepointAttempt extends JdbcAttempt {
    /** Deeper than any real nesting, so that settings kept by an attempt we cannot see are not overwritten. */
    private static final int UNSEEN_PARENT_DEPTH = 1;

    private boolean deadlocked;

    private SavepointAttempt(Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent)
            throws SQLException {
        super(server, raw, context, parent);
    }

    @Override
    int workDepth() {
        return parent == null ? UNSEEN_PARENT_DEPTH : depth();
    }

    static SavepointAttempt open(Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent)
            throws SQLException {
        if (parent != null) {
            parent.checkOpen();
        }
        SavepointAttempt attempt = new SavepointAttempt(server, raw, context, parent);
        attempt.begin();
        return attempt;
    }

    private void begin() throws SQLException {
        try {
            work.beginSavepoint(context.readOnly(), timeouts);
        } catch (SQLException failure) {
            if (!raw.isClosed()) {
                try {
                    work.rollbackToSavepoint(false);
                } catch (SQLException notSet) {
                    suppress(failure, notSet);
                }
            }
            throw failure;
        }
    }

    @Override
    public void commit() throws SQLException {
        work.releaseSavepoint();
        end();
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict classified) {
        end();
        Verdict verdict = heeding(cause, classified);
        JdbcFaults.Found found = JdbcFaults.find(server.database, cause);
        Fault fault = found == null ? null : found.fault();
        boolean contended = fault != null && comesFromContention(fault.kind());
        deadlocked = fault != null && fault.kind() == FaultKind.DEADLOCK;
        boolean elsewhere = verdict == Verdict.RETRY_CONNECTION;
        if (elsewhere || connectionGone()) {
            loseParent(cause);
        }
        if (connectionGone()) {
            return unlessCommitted(verdict.atLeast(Verdict.RETRY_CONNECTION));
        }
        // A connection that leads to the wrong server is alive, and may be the caller's: it is put back like any other.
        Verdict raised = verdict;
        try {
            Isolation isolation = work.rollbackToSavepoint(contended && verdict == Verdict.RETRY_SAVEPOINT);
            if (contended && needsNewSnapshot(isolation)) {
                raised = raised.atLeast(Verdict.RETRY_TRANSACTION);
            }
        } catch (SQLException lost) {
            suppress(cause, lost);
            Verdict known = elsewhere ? verdict : afterLost(cause, lost, found);
            raised = unlessCommitted(raised.atLeast(known));
        }
        return deadlockedAgain() ? raised.atLeast(Verdict.RETRY_TRANSACTION) : raised;
    }

    /** Once the transaction is gone, what a statement has committed implicitly must not be run again by anybody. */
    private Verdict unlessCommitted(Verdict verdict) {
        return committedImplicitly() ? verdict.atLeast(Verdict.GIVE_UP) : verdict;
    }

    private Verdict afterLost(Throwable cause, SQLException lost, JdbcFaults.@Nullable Found found) {
        loseParent(cause);
        try {
            if (raw.isClosed()) {
                return Verdict.RETRY_CONNECTION;
            }
            return work.afterLostSavepoint(lost, found);
        } catch (SQLException unknown) {
            suppress(cause, unknown);
            return Verdict.RETRY_CONNECTION;
        }
    }

    /** The enclosing attempt must not commit what is left, should its operation swallow this failure. */
    private void loseParent(Throwable cause) {
        if (parent != null) {
            parent.lose(cause instanceof SQLException failure ? failure : new SQLException(cause));
        }
    }

    /** A violated constraint is given up unless the caller has declared it a race. */
    private static boolean comesFromContention(FaultKind kind) {
        return kind.isContention() || kind == FaultKind.CONSTRAINT;
    }

    /** PostgreSQL cannot see, from the old snapshot, what the winner has committed since; InnoDB's writes can. */
    private boolean needsNewSnapshot(@Nullable Isolation isolation) {
        return server.database.family() == Database.Family.POSTGRESQL
                && isolation != null
                && isolation.compareTo(Isolation.REPEATABLE_READ) >= 0;
    }

    /** A deadlock that comes back: the transaction outside the savepoint holds a lock of the cycle. */
    private boolean deadlockedAgain() {
        return deadlocked && context.previousAttempt() instanceof SavepointAttempt previous && previous.deadlocked;
    }
}
