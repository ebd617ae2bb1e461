package dev.dbop.vertx;

import dev.dbop.AsyncCommitProbe;
import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A transaction of its own. */
final class TransactionAttempt extends VertxAttempt {
    private static final int NO_SAVEPOINT = 1305;

    private final @Nullable CommitMark mark;
    private volatile boolean commitSent;
    private volatile boolean endedUnseen;

    private TransactionAttempt(
            Lease lease, AttemptContext context, @Nullable VertxAttempt parent, @Nullable CommitMark mark) {
        super(lease, context, parent, context.timeouts(Reach.TRANSACTION));
        this.mark = mark;
    }

    /** Begins, without waiting for the server; a failure reaches the operation's first statement, or the commit. */
    static TransactionAttempt open(
            Lease lease, AttemptContext context, @Nullable VertxAttempt parent, @Nullable VertxCommitProbe probe) {
        CommitMark mark = probe == null || context.readOnly() ? null : probe.mark(lease.session().database);
        TransactionAttempt attempt = new TransactionAttempt(lease, context, parent, mark);
        String riding = mark == null ? null : mark.sql();
        attempt.begin(attempt.work.beginTransaction(context.isolation(), context.readOnly(), attempt.timeouts, riding))
                .onSuccess(attempt::begun);
        return attempt;
    }

    private void begun(RowSet<Row> results) {
        List<@Nullable String> values = Rows.firstRow(results);
        if (mark != null) {
            mark.ridden(work.ridden(values));
        }
        String id = values.isEmpty() ? null : values.get(0);
        if (session.database.family() == Database.Family.MYSQL && id != null) {
            lease.identified(Long.parseLong(id));
        }
    }

    @Override
    public @Nullable AsyncCommitProbe commitProbe() {
        return mark == null ? null : deadline -> lease.probe(mark, deadline).toCompletionStage();
    }

    @Override
    public CompletionStage<?> commit() {
        end();
        commitSent = true;
        AtomicInteger succeeded = new AtomicInteger();
        int needed = work.committedAfter(committedImplicitly());
        return session.sendCounting(work.commit(committedImplicitly()), succeeded)
                .map(true)
                // COMMIT has succeeded, and only what puts the session back has failed: an interrupt that came late.
                .recover(failure -> succeeded.get() >= needed
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(swallowed(failure)))
                .compose(restored -> session.uncancelled().map(connected -> restored && connected))
                .onSuccess(trusted -> {
                    tellParent(!context.readOnly());
                    lease.giveBack(trusted);
                })
                .toCompletionStage();
    }

    @Override
    public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict classified) {
        end();
        Verdict verdict = heeding(cause, classified);
        boolean hopeless = verdict == Verdict.RETRY_CONNECTION || verdict == Verdict.OUTCOME_UNKNOWN;
        return session.quiet()
                .compose(connected -> hopeless || !connected ? Future.succeededFuture(false) : undo(cause))
                .map(undone -> undone(cause, verdict, undone))
                .toCompletionStage();
    }

    /**
     * On MySQL's family a savepoint that is gone tells of a commit that no text announced, a procedure's, unless a failure
     * explains it.
     */
    private Future<?> rolledBack(Throwable cause) {
        boolean tells = session.database.family() == Database.Family.MYSQL
                && begun()
                && !commitSent
                && lost() == null
                && !committedImplicitly();
        if (!tells) {
            return session.send(work.rollback());
        }
        return session.send(work.rollbackOfWhole()).recover(failure -> {
            boolean gone = failure instanceof DatabaseException error && error.getErrorCode() == NO_SAVEPOINT;
            VertxFaults.Found found = VertxFaults.find(session.database, cause);
            Future<Boolean> explained =
                    gone ? endsTransaction(found == null ? null : found.fault()) : Future.succeededFuture(true);
            return explained.compose(ended -> {
                endedUnseen = !ended;
                return session.send(work.rollback());
            });
        });
    }

    /** A beginning that failed may have switched autocommit off before. */
    private Future<?> inside() {
        if (!ranOutside()) {
            return Future.succeededFuture();
        }
        return session.send("SELECT @@autocommit").onSuccess(rows -> {
            if ("0".equals(Rows.first(rows))) {
                ranInside();
            }
        });
    }

    private Future<Boolean> undo(Throwable cause) {
        Future<Boolean> undone = inside().compose(known -> rolledBack(cause)).transform((done, failure) -> {
            if (failure != null) {
                logCleanUp(failure);
            }
            return Future.succeededFuture(failure == null);
        });
        // a server that does not answer any more must not keep the call
        var limit = session.after(Session.GRACE, session::cut);
        return undone.onComplete(done -> limit.cancel());
    }

    private Verdict undone(Throwable cause, Verdict verdict, boolean undone) {
        lease.giveBack(undone);
        if (!undone && session.wasCut()) {
            lease.endGhostInBackground();
        }
        Verdict raised = verdict;
        if (!undone) {
            raised =
                    raised.atLeast(commitSent && !neverRan(cause) ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION);
        }
        if (ranOutside()) {
            raised = Verdict.OUTCOME_UNKNOWN;
        }
        boolean durable = committedImplicitly() || endedUnseen;
        tellParent(durable || raised == Verdict.OUTCOME_UNKNOWN);
        return durable ? raised.atLeast(Verdict.GIVE_UP) : raised;
    }

    /** Whether the server, or the client, has said that the COMMIT never ran, although the connection is gone. */
    private boolean neverRan(Throwable cause) {
        return VertxClassifier.of(session.database).classify(cause, Phase.COMMIT) == Verdict.RETRY_CONNECTION;
    }

    private void tellParent(boolean durable) {
        if (parent != null && durable) {
            parent.workIsDurable();
        }
    }
}
