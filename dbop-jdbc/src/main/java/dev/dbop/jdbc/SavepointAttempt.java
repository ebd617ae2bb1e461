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
    private boolean deadlocked;

    private SavepointAttempt(Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent)
            throws SQLException {
        super(server, raw, context, parent);
    }

    /**
     * Sets the savepoint.
     *
     * @param riding whether it waits for the first statement where it can: only inside another attempt, which sees every
     *     statement on the connection, so that none gets past the savepoint
     */
    static SavepointAttempt open(
            Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent, boolean riding)
            throws SQLException {
        if (parent != null) {
            parent.checkOpen();
            parent.sendPrologue();
        }
        SavepointAttempt attempt = new SavepointAttempt(server, raw, context, parent);
        attempt.begin(riding && parent != null);
        return attempt;
    }

    private void begin(boolean riding) throws SQLException {
        try {
            if (riding && heldBack.mayHoldFor(this)) {
                work.holdBack(value -> {});
            }
            work.beginSavepoint(context.readOnly(), timeouts);
            opened();
        } catch (Throwable failure) {
            operationEnded();
            if (failure instanceof SQLException && !connectionGone()) {
                undoBegin(failure);
            }
            end();
            throw failure;
        }
    }

    private void undoBegin(Throwable failure) {
        try {
            work.rollbackToSavepoint(false);
        } catch (SQLException notSet) {
            suppress(failure, notSet);
        }
    }

    @Override
    public void commit() throws SQLException {
        closeStatements();
        work.releaseSavepoint();
        end();
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict classified) {
        operationEnded();
        closeStatements(cause);
        try {
            Verdict verdict = undo(cause, phase, heeding(cause, classified));
            boolean stopped = canceller != null && canceller.outerHasExpired();
            return stopped ? verdict.atLeast(Verdict.RETRY_TRANSACTION) : verdict;
        } finally {
            end();
        }
    }

    private Verdict undo(Throwable cause, Phase phase, Verdict verdict) {
        JdbcFaults.Found known = JdbcFaults.find(server.database, cause);
        Fault fault = known == null ? null : known.fault();
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
            boolean matters = verdict == Verdict.RETRY_SAVEPOINT
                    && ((contended && needsNewSnapshot()) || isTheApplicationsOwn(cause, phase));
            Isolation declared = isolationOfTransaction();
            Isolation found = work.rollbackToSavepoint(matters && declared == null);
            if (matters && keepsItsSnapshot(declared == null ? found : declared)) {
                raised = raised.atLeast(Verdict.RETRY_TRANSACTION);
            }
        } catch (SQLException lost) {
            suppress(cause, lost);
            Verdict after = elsewhere ? verdict : afterLost(cause, lost, known);
            raised = unlessCommitted(raised.atLeast(after));
        }
        boolean waitedInVain = fault != null && fault.kind() == FaultKind.LOCK_TIMEOUT && waitsAreCutShortOutside();
        return waitedInVain || deadlockedAgain() ? raised.atLeast(Verdict.RETRY_TRANSACTION) : raised;
    }

    /**
     * Whether an enclosing attempt cuts its waits short, and so this one's: it waits longer once it is repeated, and until
     * then it keeps its locks.
     */
    private boolean waitsAreCutShortOutside() {
        for (JdbcAttempt at = parent; at != null; at = at.parent) {
            if (at.timeouts.cutsShort(at.context.timeouts()) && at.timeouts.cutsShort(context.timeouts())) {
                return true;
            }
        }
        return false;
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
    private boolean needsNewSnapshot() {
        return server.database.family() == Database.Family.POSTGRESQL;
    }

    /**
     * A failure that only the policy has retried may come from what was read, which a snapshot would give again; SQLite's
     * one writer reads what is newest.
     */
    private boolean isTheApplicationsOwn(Throwable cause, Phase phase) {
        if (server.database.family() == Database.Family.SQLITE) {
            return false;
        }
        Verdict known = JdbcClassifier.of(server.database).classify(cause, phase);
        return (known == null || known == Verdict.GIVE_UP) && context.retriesOn(cause);
    }

    /** What the enclosing call has declared; if it has not, the session's level counts, which has to be asked for. */
    private @Nullable Isolation isolationOfTransaction() {
        Isolation declared = null;
        for (JdbcAttempt at = parent; at != null && declared == null; at = at.parent) {
            declared = at.context.isolation();
        }
        return declared;
    }

    private static boolean keepsItsSnapshot(@Nullable Isolation isolation) {
        return isolation != null && isolation.compareTo(Isolation.REPEATABLE_READ) >= 0;
    }

    /** A deadlock that comes back: the transaction outside the savepoint holds a lock of the cycle. */
    private boolean deadlockedAgain() {
        return deadlocked
                && BorrowingScope.bare(context.previousAttempt()) instanceof SavepointAttempt previous
                && previous.deadlocked;
    }
}
