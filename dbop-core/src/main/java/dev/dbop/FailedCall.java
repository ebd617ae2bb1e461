package dev.dbop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a call in which an attempt has failed; a call that succeeds at once never has one. Drives the {@link
 * Decision} for both engines and makes the failure the caller gets. Used by one thread at a time.
 */
final class FailedCall {
    /** Enough to see how a call went; a policy with a thousand retries must not keep a thousand stack traces. */
    private static final int MOST_SUPPRESSED = 16;

    /** How long a call without a deadline asks what became of a COMMIT. */
    private static final Duration LONGEST_DOUBT = Duration.ofSeconds(30);

    private final CallSettings settings;
    private final Scope scope;
    private final Reach reach;
    private final Deadline deadline;
    private final long call;
    private final List<AttemptRecord> records = new ArrayList<>(4);
    private Duration previousDelay;
    private int probes = Decision.NO_PROBE;
    private Deadline patience = Deadline.none();
    private boolean mayHaveHappened;
    private @Nullable GiveUpReason reason;

    /**
     * Begins the account of a call whose first attempt has failed.
     *
     * @param reach of the scope before the call touched it: while an attempt is open, or its connection dead, a scope
     *     that joins what it finds would find something else
     * @param call the number of the call, from {@link CallEnded#nextCall}
     */
    FailedCall(CallSettings settings, Scope scope, Reach reach, Deadline deadline, long call) {
        this.settings = settings;
        this.scope = scope;
        this.reach = reach;
        this.deadline = deadline;
        this.call = call;
        this.previousDelay = settings.policy.initialDelay();
    }

    /** Every failed attempt so far; a live, unmodifiable view. */
    List<AttemptRecord> records() {
        return Collections.unmodifiableList(records);
    }

    GiveUpReason reason() {
        return reason == null ? GiveUpReason.NOT_RETRYABLE : reason;
    }

    /** What an attempt that was stopped because its time was up failed with, and how far it must be undone. */
    Throwable timedOut(int number, @Nullable Throwable stoppedWith) {
        return new AttemptTimeoutException(settings.name, number, settings.policy, stoppedWith, records());
    }

    /**
     * Our own stop is a reason to retry, whatever the client's error says, unless the policy or a call inside has ruled
     * it out; a lost connection or outcome stays one.
     */
    Verdict ofOwnStop(Verdict classified, Phase phase, Throwable failure) {
        if (classified != Verdict.GIVE_UP || CallEnded.forGoodIn(failure, call)) {
            return classified;
        }
        Verdict lifted = phase == Phase.COMMIT ? Verdict.RETRY_TRANSACTION : Verdict.RETRY_SAVEPOINT;
        return settings.policy.adjust(lifted, failure);
    }

    /**
     * An attempt that failed.
     *
     * @param classified the verdict before the attempt raised it
     */
    record Failure(int number, Phase phase, Throwable cause, Verdict classified) {}

    /**
     * Decides what follows from an attempt that failed and is undone.
     *
     * @param raised the verdict the attempt returned
     * @param probeable whether the attempt has a {@link CommitProbe}
     * @param interrupted true if the caller wants no more
     * @return what to do; {@link #end} is to be thrown after a {@link Decision.Stop}
     */
    Decision failed(Failure failed, Verdict raised, boolean probeable, boolean interrupted) {
        Verdict verdict = failed.classified.atLeast(raised);
        if (verdict == Verdict.OUTCOME_UNKNOWN
                && reach == Reach.SAVEPOINT
                && CallEnded.verdictIn(failed.cause, call) == null) {
            // Nothing becomes durable by releasing a savepoint: the transaction around it was never committed.
            verdict = Verdict.RETRY_CONNECTION;
        }
        boolean inDoubt = verdict == Verdict.OUTCOME_UNKNOWN && failed.phase == Phase.COMMIT && probeable;
        probes = inDoubt ? 0 : Decision.NO_PROBE;
        if (inDoubt) {
            patience = deadline.isNone() ? Deadline.after(LONGEST_DOUBT, settings.ticker) : deadline;
        }
        return decide(failed, verdict, interrupted);
    }

    /** When probing the outcome of the last attempt has to end. */
    Deadline patience() {
        return patience;
    }

    /** Decides what follows from what a probe has found, unless that is {@link CommitStatus#COMMITTED}. */
    Decision probed(Failure failed, CommitStatus status, boolean interrupted) {
        probes = status == CommitStatus.UNKNOWN ? Decision.NO_PROBE : probes + 1;
        Verdict verdict = status == CommitStatus.ABORTED ? Verdict.RETRY_CONNECTION : Verdict.OUTCOME_UNKNOWN;
        return decide(failed, verdict, interrupted);
    }

    /** Tells the listeners what a probe has found. */
    void tellProbed(Failure failed, CommitStatus status) {
        settings.tell(new RunEvent.Probed(settings.name, scope.database(), failed.number, status, failed.cause));
    }

    private Decision decide(Failure failed, Verdict verdict, boolean interrupted) {
        Decision decision = withinBudget(decision(failed, verdict, interrupted));
        if (!(decision instanceof Decision.Probe)) {
            conclude(failed, verdict, decision);
        }
        return decision;
    }

    private Decision decision(Failure failed, Verdict verdict, boolean interrupted) {
        try {
            return Decision.of(settings.policy, facts(failed.number, verdict, interrupted));
        } catch (RuntimeException broken) {
            // A back-off of the caller's own: its mistake must not hide what the database said.
            suppress(failed.cause, broken);
            return new Decision.Stop(
                    verdict == Verdict.OUTCOME_UNKNOWN ? GiveUpReason.OUTCOME_UNKNOWN : GiveUpReason.NOT_RETRYABLE);
        }
    }

    private Decision withinBudget(Decision decision) {
        RetryBudget budget = settings.policy.budget();
        if (budget == null || !(decision instanceof Decision.Again) || budget.tryTake()) {
            return decision;
        }
        return new Decision.Stop(GiveUpReason.BUDGET_EMPTY);
    }

    private void conclude(Failure failed, Verdict verdict, Decision decision) {
        mayHaveHappened |= verdict == Verdict.OUTCOME_UNKNOWN && !settings.readOnly;
        Duration delay = null;
        if (decision instanceof Decision.Again again) {
            delay = again.delay();
            previousDelay = delay;
        } else if (decision instanceof Decision.Stop stop) {
            reason = stop.reason();
        }
        records.add(new AttemptRecord(failed.number, failed.phase, verdict, failed.cause, delay));
        if (settings.wants(RunEvent.AttemptFailed.class)) {
            settings.tell(new RunEvent.AttemptFailed(
                    settings.name, scope.database(), failed.number, failed.phase, verdict, failed.cause, delay));
        }
        if (delay == null && verdict != failed.classified && verdict == Verdict.GIVE_UP) {
            mark(failed.cause);
        }
    }

    private Decision.Facts facts(int number, Verdict verdict, boolean interrupted) {
        return new Decision.Facts(
                number,
                verdict,
                reach,
                settings.repeatable(),
                interrupted,
                previousDelay,
                probes,
                (probes == Decision.NO_PROBE || verdict != Verdict.OUTCOME_UNKNOWN ? deadline : patience).remaining(),
                settings.random.nextDouble());
    }

    /** The wait for the next attempt was interrupted: there is none. */
    void interrupted() {
        reason = GiveUpReason.INTERRUPTED;
    }

    /** Makes the failure the caller gets, and tells the listeners. */
    Throwable end() {
        AttemptRecord last = records.get(records.size() - 1);
        Throwable failure = last.failure();
        suppressEarlier(failure);
        if (reason() != GiveUpReason.BEYOND_REACH && reason() != GiveUpReason.NOT_RETRYABLE) {
            mark(failure);
        }
        Verdict verdict = last.verdict();
        if (mayHaveHappened) {
            Throwable unknown = failure instanceof OutcomeUnknownException
                    ? failure
                    : new OutcomeUnknownException(settings.name, failure, List.copyOf(records));
            settings.tell(new RunEvent.OutcomeUnknown(settings.name, scope.database(), last.number(), unknown));
            return unknown;
        }
        settings.tell(new RunEvent.GaveUp(settings.name, scope.database(), last.number(), reason(), verdict, failure));
        return failure;
    }

    private void suppressEarlier(Throwable failure) {
        int count = Math.min(records.size() - 1, MOST_SUPPRESSED);
        for (int i = 0; i < count; i++) {
            suppress(failure, records.get(i).failure());
        }
    }

    private void mark(Throwable failure) {
        if (CallEnded.verdictIn(failure, call) == null) {
            CallEnded.mark(failure, settings.name, call, reason(), records);
        }
    }

    /** Suppresses one failure into another, unless that would make a cycle or say the same twice. */
    static void suppress(Throwable failure, Throwable other) {
        if (!Causes.leadsTo(failure, other) && !Causes.leadsTo(other, failure)) {
            failure.addSuppressed(other);
        }
    }
}
