package dev.dbop.jdbc;

import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Undone;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The failures an attempt has heard of, whether or not its operation let them pass: which was the first, what each has done
 * to the transaction, who has stopped a statement. Made with the first of them.
 */
final class HeardFailures {
    private final JdbcAttempt attempt;
    private final SQLException first;
    private @Nullable SQLException stoppedByOthers;

    HeardFailures(JdbcAttempt attempt, SQLException first) {
        this.attempt = attempt;
        this.first = first;
    }

    SQLException first() {
        return first;
    }

    /**
     * Takes note of a failure.
     *
     * @param ownStop whether the attempt itself has stopped the statement
     */
    void add(SQLException failure, boolean ownStop) throws SQLException {
        JdbcFaults.Found found = find(failure);
        Fault fault = found == null ? null : found.fault();
        if (found != null && fault != null) {
            if (!ownStop) {
                noticeStop(found.exception(), fault);
            }
            noticeStandby(found.exception(), fault);
        }
        noticeLoss(failure, fault);
    }

    private JdbcFaults.@Nullable Found find(Throwable failure) {
        return JdbcFaults.find(database(), failure);
    }

    private Database database() {
        return attempt.server.database;
    }

    /** A standby refuses to write with the same error as a transaction that is read-only by its own wish. */
    private void noticeStandby(SQLException failure, Fault fault) {
        if (fault.kind() == FaultKind.READ_ONLY && !onlyReads() && isOnStandby()) {
            Note.standby(failure);
        }
    }

    /** A pool may have closed the connection over the failure, which then stands as it is. */
    private boolean isOnStandby() {
        try {
            return attempt.server.driver.isOnStandby(attempt.raw) && !attempt.raw.isReadOnly();
        } catch (SQLException closed) {
            return false;
        }
    }

    private boolean onlyReads() {
        for (JdbcAttempt at = attempt; at != null; at = at.parent) {
            if (at.context.readOnly()) {
                return true;
            }
        }
        return false;
    }

    /** Finds out whether the transaction has survived a failure of one of its statements. */
    private void noticeLoss(SQLException failure, @Nullable Fault fault) throws SQLException {
        if (!attempt.controlled()) {
            return;
        }
        boolean undone = fault != null && fault.undone() != Undone.STATEMENT;
        if ((undone && !attempt.work.asksWhetherTransactionSurvived()) || !survived(failure)) {
            attempt.lose(failure);
        }
    }

    private boolean survived(SQLException failure) {
        try {
            return attempt.work.transactionSurvived(failure);
        } catch (SQLException unknown) {
            failure.addSuppressed(unknown);
            return false;
        }
    }

    /** The error does not tell whether a human or a limit has stopped the statement; we know which limits are ours. */
    private void noticeStop(SQLException failure, Fault fault) {
        if (fault.undone() == Undone.CONNECTION) {
            return;
        }
        boolean stopped = switch (database().family()) {
            case POSTGRESQL -> fault.kind() == FaultKind.STATEMENT_TIMEOUT && !limitsStatements();
            case SQLITE -> fault.kind() == FaultKind.CANCELLED;
            // A time limit has a code of its own, whoever has set it.
            case MYSQL -> false;
        };
        if (stopped) {
            stoppedByOthers = failure;
        }
    }

    private boolean limitsStatements() {
        for (JdbcAttempt at = attempt; at != null; at = at.parent) {
            if (at.timeouts.statement() != null) {
                return true;
            }
        }
        return false;
    }

    /** Raises the verdict on a statement that somebody else has stopped, who is not to be contradicted. */
    Verdict heeding(Throwable cause, Verdict verdict) {
        if (stoppedByOthers == null) {
            return verdict;
        }
        JdbcFaults.Found found = find(cause);
        return found != null && found.exception().equals(stoppedByOthers) ? verdict.atLeast(Verdict.GIVE_UP) : verdict;
    }
}
