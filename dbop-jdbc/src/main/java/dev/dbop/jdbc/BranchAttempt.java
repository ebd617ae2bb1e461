package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.BranchSql;
import dev.dbop.sql.StatementText;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.BranchId;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One branch of a {@link TwoPhaseAttempt}, on a connection that goes back to its pool only when nothing of the branch is
 * left on it: a prepared branch on a pooled connection would be handed to the next borrower.
 */
final class BranchAttempt extends JdbcAttempt {
    private final Participant participant;
    private final Lease lease;
    private final BranchId id;
    /** Whether the branch is an ordinary transaction until it is prepared. */
    private final boolean ordinary;

    private boolean given;

    private BranchAttempt(Participant participant, Lease lease, AttemptContext context, BranchId id)
            throws SQLException {
        super(lease.server(), lease.connection(), context, null);
        this.participant = participant;
        this.lease = lease;
        this.id = id;
        this.ordinary = decides(id) || BranchSql.of(participant.database()).start(id) == null;
    }

    /** Whether the branch commits on its own, with the decision row in it. */
    private static boolean decides(BranchId id) {
        return id.index() == 0 && id.group().logLess() == null;
    }

    /**
     * Begins the branch.
     *
     * @param decision inserts the decision row; for branch 0 only, which is an ordinary transaction
     * @param previous the same branch of the attempt before, which may have left a session behind
     */
    static BranchAttempt open(
            Participant participant,
            AttemptContext context,
            BranchId id,
            @Nullable String decision,
            @Nullable BranchAttempt previous)
            throws SQLException {
        Lease lease = Lease.from(ConnectionSource.of(participant.source()));
        BranchAttempt attempt = null;
        try {
            if (previous != null) {
                lease.endGhostOf(previous.lease);
            }
            attempt = new BranchAttempt(participant, lease, context, id);
            if (decision != null) {
                attempt.work.beginTransaction(context.isolation(), context.readOnly(), attempt.timeouts, decision);
            } else {
                attempt.work.beginBranch(id, context.isolation(), context.readOnly(), attempt.timeouts);
            }
            attempt.opened();
            return attempt;
        } catch (Throwable failure) {
            if (attempt != null) {
                attempt.operationEnded();
                attempt.end();
            }
            lease.giveBackAfter(failure, false);
            throw failure;
        }
    }

    /** What ends a transaction behind our back would end the branch without the others. */
    @Override
    void check(@Nullable String sql) throws SQLException {
        if (sql != null && StatementText.commitsImplicitly(server.database, sql)) {
            throw new SQLException(
                    "the statement commits implicitly on " + server.database.productName()
                            + ", which a branch of a two-phase commit must not do alone: run it outside",
                    "0A000");
        }
        super.check(sql);
    }

    /** PREPARE. */
    BranchAnswer prepare() {
        List<String> statements = BranchSql.of(server.database).prepare(id);
        try {
            closeStatements();
            if (ordinary) {
                work.control.runJoined(statements);
            } else {
                work.control.runAll(List.copyOf(statements));
            }
            return new BranchAnswer.Done();
        } catch (SQLException failure) {
            SQLException first =
                    "25P02".equals(failure.getSQLState()) && failure.getCause() instanceof SQLException cause
                            ? cause
                            : failure;
            return connectionGone() && !neverRan(first)
                    ? new BranchAnswer.Unknown(first)
                    : Participant.answer(server, first);
        }
    }

    /** COMMIT of branch 0. */
    BranchAnswer commitDecision() {
        try {
            closeStatements();
            work.commit(context, comesToRest());
        } catch (SQLException failure) {
            return connectionGone() && !neverRan(failure)
                    ? new BranchAnswer.Unknown(failure)
                    : Participant.answer(server, failure);
        }
        operationEnded();
        giveBack(restored(), null);
        return new BranchAnswer.Done();
    }

    /** COMMIT PREPARED or ROLLBACK PREPARED, on the session that prepared the branch, else on another. */
    BranchAnswer finish(boolean commit) {
        BranchAnswer answer = given ? null : finishHere(commit);
        if (answer == null || (answer instanceof BranchAnswer.Unknown && !commit)) {
            return participant.finishElsewhere(id, commit, lease);
        }
        return answer;
    }

    private @Nullable BranchAnswer finishHere(boolean commit) {
        operationEnded();
        if (connectionGone()) {
            giveBack(false, null);
            return null;
        }
        BranchAnswer answer;
        try {
            if (ordinary) {
                raw.setAutoCommit(true);
            }
            answer = participant.finish(id, commit, work.control);
        } catch (SQLException failure) {
            answer = new BranchAnswer.Unknown(failure);
        }
        boolean finished = answer instanceof BranchAnswer.Done;
        giveBack(finished && !connectionGone() && restored(), null);
        return answer;
    }

    /** Rolls back what is not prepared; a connection that cannot is cut, which comes to the same. */
    BranchAnswer rollBack(@Nullable Throwable cause) {
        operationEnded();
        closeStatements(cause);
        boolean trusted = !given && !connectionGone() && rolledBack(cause) && restored();
        giveBack(trusted, cause);
        return new BranchAnswer.Done();
    }

    private boolean rolledBack(@Nullable Throwable cause) {
        try {
            if (ordinary) {
                work.rollback();
                return true;
            }
            return endXa() && participant.finish(id, false, work.control) instanceof BranchAnswer.Done;
        } catch (SQLException failure) {
            if (cause != null) {
                suppress(cause, failure);
            }
            return false;
        }
    }

    /** Fails harmlessly if the server has rolled the branch back, or ended it, already. */
    private boolean endXa() {
        try {
            work.control.run(String.valueOf(BranchSql.of(server.database).end(id)));
        } catch (SQLException ended) {
            return !connectionGone();
        }
        return true;
    }

    private boolean restored() {
        try {
            work.restoreTransaction();
            return true;
        } catch (SQLException unknown) {
            return false;
        }
    }

    /** Gives the connection back or cuts it; a prepared branch outlives its session. */
    void giveBack(boolean trusted, @Nullable Throwable cause) {
        if (given) {
            return;
        }
        given = true;
        end();
        if (trusted && !wasAborted()) {
            lease.giveBack(true);
        } else {
            lease.giveBackAfter(
                    cause == null ? new SQLException("branch " + id + " is left to recovery") : cause, false);
        }
    }

    @Override
    Lease lease() {
        return lease;
    }

    @Override
    public void commit() {
        throw new IllegalStateException("branch " + id + " is ended by its group, not alone");
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        rollBack(cause);
        return heeding(cause, verdict);
    }
}
