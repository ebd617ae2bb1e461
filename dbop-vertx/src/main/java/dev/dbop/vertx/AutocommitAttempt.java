package dev.dbop.vertx;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.StatementText;
import io.vertx.core.Future;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Statements that each commit on their own. What ran before a failure is durable, what was running may be. */
final class AutocommitAttempt extends VertxAttempt {
    private volatile boolean sent;
    private volatile boolean wrote;

    private AutocommitAttempt(Lease lease, AttemptContext context, @Nullable VertxAttempt parent) {
        super(lease, context, parent);
    }

    static AutocommitAttempt open(Lease lease, AttemptContext context, @Nullable VertxAttempt parent) {
        AutocommitAttempt attempt = new AutocommitAttempt(lease, context, parent);
        String prologue = attempt.work.beginAutocommit(context.readOnly(), attempt.timeouts);
        if (prologue != null) {
            attempt.begin(prologue).onSuccess(results -> attempt.work.begunAutocommit(Rows.firstRow(results)));
        }
        return attempt;
    }

    @Override
    boolean controlled() {
        return false;
    }

    @Override
    void sent(String sql) {
        sent = true;
    }

    @Override
    void over(String sql, @Nullable Throwable failure) {
        // What a text of several did before it failed has been committed statement by statement; and one whose answer
        // was lost may have been, whichever failure the operation makes its own.
        boolean several = StatementText.mayBeSeveral(session.database, sql);
        wrote |= !StatementText.reads(sql) && (failure == null || several || answerWasLost(failure));
    }

    private static boolean answerWasLost(Throwable failure) {
        return VertxFaults.saysUnreachable(failure) && !VertxFaults.neverSent(failure);
    }

    @Override
    void workIsDurable() {
        wrote = true;
        if (parent != null) {
            parent.workIsDurable();
        }
    }

    @Override
    public CompletionStage<?> commit() {
        end();
        tellParent();
        return session.quiet()
                .compose(connected -> connected ? restored() : Future.succeededFuture(false))
                .onSuccess(lease::giveBack)
                .toCompletionStage();
    }

    private Future<Boolean> restored() {
        String restore = work.endAutocommit();
        if (restore == null) {
            return Future.succeededFuture(true);
        }
        return session.send(restore).transform((done, failure) -> {
            if (failure != null) {
                logCleanUp(failure);
            }
            return Future.succeededFuture(failure == null);
        });
    }

    @Override
    public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict classified) {
        end();
        Verdict verdict = heeding(cause, classified);
        boolean hopeless = verdict == Verdict.RETRY_CONNECTION;
        return session.quiet()
                .compose(connected -> hopeless || !connected ? Future.succeededFuture(false) : restored())
                .map(restored -> raised(cause, verdict, hopeless, restored))
                .toCompletionStage();
    }

    private Verdict raised(Throwable cause, Verdict verdict, boolean hopeless, boolean restored) {
        lease.giveBack(restored);
        if (session.wasCut()) {
            lease.endGhostInBackground();
        }
        if (verdict == Verdict.GIVE_UP) {
            tellParent();
            return verdict;
        }
        // A statement that succeeded before would be repeated; one whose connection failed may have succeeded, and so
        // may any whose failure would leave a COMMIT in doubt. Where the connection was cut, what was under way has not
        // been heard of, whichever failure the operation makes its own.
        Verdict atCommit = VertxClassifier.of(session.database).classify(cause, Phase.COMMIT);
        boolean gone = hopeless || !session.isConnected();
        boolean inDoubt = gone && (session.wasCut() || atCommit != Verdict.RETRY_CONNECTION);
        wrote |= sent && (inDoubt || atCommit == Verdict.OUTCOME_UNKNOWN);
        tellParent();
        return wrote ? Verdict.OUTCOME_UNKNOWN : verdict;
    }

    private void tellParent() {
        if (parent != null && wrote) {
            parent.workIsDurable();
        }
    }
}
