package dev.dbop.vertx;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.StatementText;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.BranchId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One branch of a {@link TwoPhaseAttempt}, on a connection that goes back to its pool only when nothing of the branch is
 * left on it: a prepared branch on a pooled connection would be handed to the next borrower.
 */
final class BranchAttempt extends VertxAttempt {
    private final Participant participant;
    private final BranchId id;
    private final BranchWork texts;
    private final AtomicBoolean given = new AtomicBoolean();

    BranchAttempt(
            Participant participant, Lease lease, AttemptContext context, BranchId id, @Nullable String decision) {
        super(lease, context, null);
        this.participant = participant;
        this.id = id;
        this.texts = new BranchWork(session.database, id, decision, work, timeouts);
    }

    /**
     * Begins. XA START is waited for: a statement behind one that failed would be durable on its own. Anything else goes
     * out ahead of the operation's first statement.
     */
    Future<SqlConnection> begin() {
        Future<RowSet<Row>> begun = begin(texts.begin(context)).onSuccess(this::begun);
        return texts.isXa() ? begun.map(resource()) : Future.succeededFuture(resource());
    }

    private void begun(RowSet<Row> results) {
        String number = Rows.first(results);
        if (session.database.family() == Database.Family.MYSQL && number != null) {
            lease.identified(Long.parseLong(number));
        }
    }

    /** What ends a transaction behind our back would end the branch without the others. */
    @Override
    void commitsImplicitly(String sql) {
        throw new AttemptException(
                "the statement " + StatementText.keyword(sql) + " commits implicitly on "
                        + session.database.productName()
                        + ", which a branch of a two-phase commit must not do alone: run it outside",
                "0A000",
                null);
    }

    /** PREPARE. */
    Future<BranchAnswer> prepare() {
        return answered(session.sendLast(texts.prepare()));
    }

    /** COMMIT of branch 0. Its connection goes back without anybody waiting for it. */
    Future<BranchAnswer> commitDecision() {
        return answered(session.sendLast(texts.commitDecision())).onSuccess(answer -> {
            if (answer instanceof BranchAnswer.Done) {
                giveBackRestored(texts.restoreAfterDecision());
            }
        });
    }

    private Future<BranchAnswer> answered(Future<?> sent) {
        return sent.transform(
                (done, failure) -> Future.succeededFuture(failure == null ? new BranchAnswer.Done() : answer(failure)));
    }

    private BranchAnswer answer(Throwable failure) {
        Verdict verdict = VertxClassifier.of(session.database).classify(failure, Phase.COMMIT);
        boolean neverRan = verdict == Verdict.RETRY_CONNECTION;
        boolean unknown =
                verdict == null || verdict == Verdict.OUTCOME_UNKNOWN || (!session.isConnected() && !neverRan);
        Throwable first = swallowed(failure);
        return unknown ? new BranchAnswer.Unknown(first) : new BranchAnswer.Refused(first);
    }

    /** COMMIT PREPARED or ROLLBACK PREPARED, on the session that prepared the branch, else on another. */
    Future<BranchAnswer> finish(boolean commit) {
        if (given.get() || !session.isConnected()) {
            giveBack(false);
            return participant.finishElsewhere(id, commit, lease);
        }
        return participant.finish(id, commit, session).compose(answer -> {
            if (answer instanceof BranchAnswer.Done && session.isConnected()) {
                giveBackRestored(texts.restore());
            } else {
                giveBack(false);
            }
            return answer instanceof BranchAnswer.Unknown && !commit
                    ? participant.finishElsewhere(id, false, lease)
                    : Future.succeededFuture(answer);
        });
    }

    /** Rolls back what is not prepared; a connection that cannot is closed, which comes to the same. */
    Future<BranchAnswer> rollBack() {
        if (given.get()) {
            return Future.succeededFuture(new BranchAnswer.Done());
        }
        end();
        return session.quiet()
                .compose(connected -> connected && !given.get() ? rolledBack() : Future.succeededFuture(false))
                .otherwise(false)
                .map(trusted -> {
                    giveBack(trusted);
                    return new BranchAnswer.Done();
                });
    }

    private Future<Boolean> rolledBack() {
        // a server that does not answer any more must not keep the call
        var limit = session.after(Session.GRACE, session::cut);
        Future<Boolean> undone = texts.isXa() ? xaRolledBack() : succeeded(texts.rollback());
        return undone.onComplete(done -> limit.cancel());
    }

    /** XA END fails harmlessly if the server has rolled the branch back, or ended it, already. */
    private Future<Boolean> xaRolledBack() {
        return session.send(texts.end())
                .transform((ended, failure) -> participant.finish(id, false, session))
                .compose(answer -> answer instanceof BranchAnswer.Done
                        ? restored(texts.restore())
                        : Future.succeededFuture(false));
    }

    private Future<Boolean> restored(@Nullable String restore) {
        return restore == null ? Future.succeededFuture(true) : succeeded(restore);
    }

    private Future<Boolean> succeeded(String sql) {
        return session.send(sql).transform((done, failure) -> {
            if (failure != null) {
                logCleanUp(failure);
            }
            return Future.succeededFuture(failure == null);
        });
    }

    /** Puts the session back and gives the connection back, while the call goes on. */
    private void giveBackRestored(@Nullable String restore) {
        if (given.compareAndSet(false, true)) {
            end();
            var limit = session.after(Session.GRACE, session::cut);
            session.quiet()
                    .compose(connected -> connected ? restored(restore) : Future.succeededFuture(false))
                    .otherwise(false)
                    .onSuccess(restored -> {
                        limit.cancel();
                        lease.giveBack(restored && session.isConnected());
                    });
        }
    }

    /** Gives the connection back or closes it; a prepared branch outlives its session. */
    void giveBack(boolean trusted) {
        if (given.compareAndSet(false, true)) {
            end();
            lease.giveBack(trusted && session.isConnected());
            if (session.wasCut()) {
                lease.endGhostInBackground();
            }
        }
    }

    @Override
    public CompletionStage<?> commit() {
        throw new IllegalStateException("branch " + id + " is ended by its group, not alone");
    }

    @Override
    public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
        return rollBack()
                .map(done -> ranOutside() ? Verdict.OUTCOME_UNKNOWN : heeding(cause, verdict))
                .toCompletionStage();
    }
}
