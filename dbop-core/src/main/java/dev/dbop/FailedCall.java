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

    private final CallSettings settings;
    private final Scope scope;
    private final Reach reach;
    private final Deadline deadline;
    private final List<AttemptRecord> records = new ArrayList<>(4);
    private Duration previousDelay;
    private boolean mayHaveHappened;
    private @Nullable GiveUpReason reason;

    FailedCall(CallSettings settings, Scope scope, Deadline deadline) {
        this.settings = settings;
        this.scope = scope;
        this.reach = scope.reach();
        this.deadline = deadline;
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
        if (classified != Verdict.GIVE_UP || CallEnded.forGoodIn(failure)) {
            return classified;
        }
        Verdict lifted = phase == Phase.COMMIT ? Verdict.RETRY_TRANSACTION : Verdict.RETRY_SAVEPOINT;
        return settings.policy.adjust(lifted, failure);
    }

    /**
     * Decides what follows from an attempt that failed and is undone.
     *
     * @param classified the verdict before the attempt raised it
     * @param raised the verdict the attempt returned
     * @return the delay before the next attempt, or null when {@link #end} is to be thrown
     */
    @Nullable
    Duration failed(
            int number, Phase phase, Throwable failure, Verdict classified, Verdict raised, boolean interrupted) {
        Verdict verdict = classified.atLeast(raised);
        if (verdict == Verdict.OUTCOME_UNKNOWN && reach == Reach.SAVEPOINT && CallEnded.verdictIn(failure) == null) {
            // Nothing becomes durable by releasing a savepoint: the transaction around it was never committed.
            verdict = Verdict.RETRY_CONNECTION;
        }
        mayHaveHappened |= verdict == Verdict.OUTCOME_UNKNOWN && !settings.readOnly;
        Duration delay = decide(number, verdict, failure, interrupted);
        records.add(new AttemptRecord(number, phase, verdict, failure, delay));
        if (settings.wants(RunEvent.AttemptFailed.class)) {
            settings.tell(new RunEvent.AttemptFailed(
                    settings.name, scope.database(), number, phase, verdict, failure, delay));
        }
        if (delay == null && verdict != classified && verdict == Verdict.GIVE_UP) {
            mark(failure);
        }
        return delay;
    }

    private @Nullable Duration decide(int number, Verdict verdict, Throwable failure, boolean interrupted) {
        Decision decision;
        try {
            decision = Decision.of(settings.policy, facts(number, verdict, interrupted));
        } catch (RuntimeException broken) {
            // A back-off of the caller's own: its mistake must not hide what the database said.
            suppress(failure, broken);
            decision = new Decision.Stop(GiveUpReason.NOT_RETRYABLE);
        }
        if (decision instanceof Decision.Again again) {
            RetryBudget budget = settings.policy.budget();
            if (budget == null || budget.tryTake()) {
                previousDelay = again.delay();
                return again.delay();
            }
            decision = new Decision.Stop(GiveUpReason.BUDGET_EMPTY);
        }
        reason = ((Decision.Stop) decision).reason();
        return null;
    }

    private Decision.Facts facts(int number, Verdict verdict, boolean interrupted) {
        return new Decision.Facts(
                number,
                verdict,
                reach,
                settings.repeatable(),
                interrupted,
                previousDelay,
                deadline.remaining(),
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
        if (CallEnded.verdictIn(failure) == null) {
            failure.addSuppressed(new CallEnded(settings.name, reason(), Verdict.GIVE_UP, records));
        }
    }

    /** Suppresses one failure into another, unless that would make a cycle or say the same twice. */
    static void suppress(Throwable failure, Throwable other) {
        if (!Causes.leadsTo(failure, other) && !Causes.leadsTo(other, failure)) {
            failure.addSuppressed(other);
        }
    }
}
