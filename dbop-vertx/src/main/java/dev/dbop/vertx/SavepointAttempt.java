package dev.dbop.vertx;

import dev.dbop.AttemptContext;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.Undone;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A savepoint in a transaction that belongs to somebody else, an enclosing attempt or not. */
final class SavepointAttempt extends VertxAttempt {
    private static final int NO_SAVEPOINT = 1305;

    private boolean deadlocked;

    private SavepointAttempt(Lease lease, AttemptContext context, @Nullable VertxAttempt parent) {
        super(lease, context, parent);
    }

    /** Begins inside an attempt, without waiting for the server. */
    static SavepointAttempt inside(VertxAttempt parent, AttemptContext context) {
        SavepointAttempt attempt = new SavepointAttempt(parent.lease, context, parent);
        attempt.begin();
        return attempt;
    }

    /** Begins on a caller's connection; fails if the caller has no transaction open on it. */
    static Future<SavepointAttempt> on(Lease lease, AttemptContext context) {
        SavepointAttempt attempt = new SavepointAttempt(lease, context, null);
        return attempt.begin().map(attempt);
    }

    private Future<?> begin() {
        return begin(work.beginSavepoint(context.readOnly(), timeouts))
                .onSuccess(results -> work.begunSavepoint(Rows.firstRow(results)));
    }

    @Override
    public CompletionStage<?> commit() {
        end();
        if (outerHasEnded()) {
            return Future.failedFuture(abandoned()).toCompletionStage();
        }
        return session.sendLast(work.releaseSavepoint())
                .recover(failure -> Future.failedFuture(swallowed(failure)))
                .compose(released -> session.uncancelled())
                .toCompletionStage();
    }

    @Override
    public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict classified) {
        end();
        if (outerHasEnded()) {
            return Future.succeededFuture(classified.atLeast(Verdict.GIVE_UP)).toCompletionStage();
        }
        Verdict verdict = heeding(cause, classified);
        VertxFaults.Found known = VertxFaults.find(session.database, cause);
        Fault fault = known == null ? null : known.fault();
        deadlocked = fault != null && fault.kind() == FaultKind.DEADLOCK;
        return session.quiet()
                .compose(connected ->
                        connected ? undo(cause, phase, verdict, fault) : Future.succeededFuture(gone(cause, verdict)))
                .map(raised -> outerHasExpired() ? raised.atLeast(Verdict.RETRY_TRANSACTION) : raised)
                .toCompletionStage();
    }

    private Verdict gone(Throwable cause, Verdict verdict) {
        loseParent(cause);
        return unlessCommitted(verdict.atLeast(Verdict.RETRY_CONNECTION));
    }

    private Future<Verdict> undo(Throwable cause, Phase phase, Verdict verdict, @Nullable Fault fault) {
        if (verdict == Verdict.RETRY_CONNECTION) {
            loseParent(cause);
        }
        boolean contended = fault != null && (fault.kind().isContention() || fault.kind() == FaultKind.CONSTRAINT);
        boolean matters = verdict == Verdict.RETRY_SAVEPOINT
                && ((contended && needsNewSnapshot()) || isTheApplicationsOwn(cause, phase));
        return session.send(work.rollbackToSavepoint())
                .transform((results, failure) -> failure == null
                        ? isolation(Rows.first(results), matters)
                                .map(level ->
                                        keepsItsSnapshot(level) ? verdict.atLeast(Verdict.RETRY_TRANSACTION) : verdict)
                        : putBack().compose(done -> afterLost(cause, verdict, failure, fault)))
                .map(raised ->
                        deadlockedAgain() || waitedInVain(fault) ? raised.atLeast(Verdict.RETRY_TRANSACTION) : raised);
    }

    /**
     * Whether a lock was not had because an enclosing attempt cuts its waits short, and so this one's: it waits longer once
     * it is repeated, and until then it keeps its locks.
     */
    private boolean waitedInVain(@Nullable Fault fault) {
        if (fault == null || fault.kind() != FaultKind.LOCK_TIMEOUT) {
            return false;
        }
        for (VertxAttempt at = parent; at != null; at = at.parent) {
            if (at.timeouts.cutsShort(at.context.timeouts()) && at.timeouts.cutsShort(context.timeouts())) {
                return true;
            }
        }
        return false;
    }

    /** The text of the rollback has stopped where it failed; a session that keeps the step's limits must not be lent again. */
    private Future<?> putBack() {
        String restore = session.isConnected() ? work.restoreSavepoint() : null;
        return restore == null
                ? Future.succeededFuture()
                : session.send(restore).onFailure(notRestored -> session.cut()).otherwiseEmpty();
    }

    /** The transaction's level, where it matters for what a savepoint can heal. */
    private Future<@Nullable Isolation> isolation(@Nullable String shown, boolean matters) {
        Isolation declared = null;
        for (VertxAttempt at = parent; at != null && declared == null; at = at.parent) {
            declared = at.context.isolation();
        }
        if (!matters || declared != null) {
            return Future.succeededFuture(matters ? declared : null);
        }
        return shown != null
                ? Future.succeededFuture(level(shown))
                : session.send("SELECT @@" + variable()).map(rows -> level(String.valueOf(Rows.first(rows))));
    }

    private String variable() {
        return session.database == Database.MARIADB ? "tx_isolation" : "transaction_isolation";
    }

    private static Isolation level(String shown) {
        return Isolation.valueOf(
                shown.toUpperCase(Locale.ROOT).replace(' ', '_').replace('-', '_'));
    }

    /**
     * The savepoint is gone. After an error that ends the transaction it was rolled back. Otherwise only an implicit commit
     * explains it, or a lock wait where the server is told to undo everything: the outer work may be durable.
     */
    private Future<Verdict> afterLost(Throwable cause, Verdict verdict, Throwable lost, @Nullable Fault fault) {
        logCleanUp(lost);
        loseParent(cause);
        if (!session.isConnected()) {
            return Future.succeededFuture(unlessCommitted(verdict.atLeast(Verdict.RETRY_CONNECTION)));
        }
        VertxFaults.Found rollback = VertxFaults.find(session.database, lost);
        Fault why = rollback == null ? null : rollback.fault();
        boolean undone = why != null && why.undone() != Undone.STATEMENT && why.vendorCode() != NO_SAVEPOINT;
        boolean rolledBack = session.database.family() == Database.Family.POSTGRESQL || undone;
        return (rolledBack ? Future.succeededFuture(true) : endsTransaction(fault))
                .onSuccess(ended -> {
                    if (!ended) {
                        committed();
                    }
                })
                .map(ended -> unlessCommitted(verdict.atLeast(ended ? Verdict.RETRY_TRANSACTION : Verdict.GIVE_UP)));
    }

    /** Once the transaction is gone, what a statement has committed implicitly must not be run again by anybody. */
    private Verdict unlessCommitted(Verdict verdict) {
        return committedImplicitly() ? verdict.atLeast(Verdict.GIVE_UP) : verdict;
    }

    /** The enclosing attempt must not commit what is left, should its operation swallow this failure. */
    private void loseParent(Throwable cause) {
        if (parent != null) {
            parent.lose(cause);
        }
    }

    /** PostgreSQL cannot see, from the old snapshot, what the winner has committed since; InnoDB's writes can. */
    private boolean needsNewSnapshot() {
        return session.database.family() == Database.Family.POSTGRESQL;
    }

    /** A failure that only the policy has retried may come from what was read, which a snapshot would give again. */
    private boolean isTheApplicationsOwn(Throwable cause, Phase phase) {
        Verdict known = VertxClassifier.of(session.database).classify(cause, phase);
        return (known == null || known == Verdict.GIVE_UP) && context.retriesOn(cause);
    }

    private static boolean keepsItsSnapshot(@Nullable Isolation isolation) {
        return isolation != null && isolation.compareTo(Isolation.REPEATABLE_READ) >= 0;
    }

    /** A deadlock that comes back: the transaction outside the savepoint holds a lock of the cycle. */
    private boolean deadlockedAgain() {
        return deadlocked && context.previousAttempt() instanceof SavepointAttempt previous && previous.deadlocked;
    }
}
