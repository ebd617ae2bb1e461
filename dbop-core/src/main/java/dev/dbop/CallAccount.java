package dev.dbop;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The account of a call: its failed attempts, and what its listeners have heard. A call that succeeds at once, and that
 * nobody listens to, never has one. Drives the {@link Decision} for both engines and makes the failure the caller gets.
 * Used by one thread at a time.
 */
final class CallAccount {
    /** Enough to see how a call went; a policy with a thousand retries must not keep a thousand stack traces. */
    private static final int MOST_SUPPRESSED = 16;

    /** How long a call without a deadline asks what became of a COMMIT. */
    private static final Duration LONGEST_DOUBT = Duration.ofSeconds(30);

    /** Why a call has ended that an enclosing one must not repeat; for other reasons it can see for itself. */
    private static final Set<GiveUpReason> ENDS_ENCLOSING = EnumSet.complementOf(
            EnumSet.of(GiveUpReason.BEYOND_REACH, GiveUpReason.NOT_RETRYABLE, GiveUpReason.NOT_OF_THE_DATABASE));

    private final CallSettings settings;
    private final Scope scope;
    private final Reach reach;
    private final Deadline deadline;
    private final long call;
    private final boolean asynchronous;
    private final long start;
    private @Nullable Call identity;
    private final List<AttemptRecord> records = new ArrayList<>(4);
    private Duration previousDelay;
    private int probes = Decision.NO_PROBE;
    private Deadline patience = Deadline.none();
    private boolean mayHaveHappened;
    private boolean foreign;
    private boolean ended;
    private @Nullable GiveUpReason reason;

    /**
     * Begins the account.
     *
     * @param reach of the scope before the call touched it: while an attempt is open, or its connection dead, a scope
     *     that joins what it finds would find something else
     * @param call the number of the call, from {@link CallEnded#nextCall}
     * @param start from {@link CallSettings#startNanos}
     */
    CallAccount(
            CallSettings settings,
            Scope scope,
            Reach reach,
            Deadline deadline,
            long call,
            boolean asynchronous,
            long start) {
        this.settings = settings;
        this.scope = scope;
        this.reach = reach;
        this.deadline = deadline;
        this.call = call;
        this.asynchronous = asynchronous;
        this.start = start;
        this.previousDelay = settings.policy.initialDelay();
    }

    /** The call as its listeners know it, made when first asked for. */
    private Call identity() {
        Call known = identity;
        if (known == null) {
            known = Call.of(settings.name, asynchronous);
            identity = known;
        }
        return known;
    }

    /** Tells the listeners that an attempt begins. */
    void started(int number) {
        if (settings.wants(RunEvent.AttemptStarted.class)) {
            settings.tell(new RunEvent.AttemptStarted(identity(), settings.database(scope), number));
        }
    }

    /** Tells the listeners that an attempt was committed. */
    void succeeded(int number) {
        if (ended) {
            return;
        }
        ended = true;
        if (settings.wants(RunEvent.Succeeded.class)) {
            settings.tell(
                    new RunEvent.Succeeded(identity(), settings.database(scope), number, settings.elapsed(start)));
        }
    }

    /** Every failed attempt so far; a live, unmodifiable view. */
    List<AttemptRecord> records() {
        return Collections.unmodifiableList(records);
    }

    GiveUpReason reason() {
        return reason == null ? GiveUpReason.NOT_RETRYABLE : reason;
    }

    /**
     * The verdict before the attempt raises it. Failures that carry a verdict of their own (a call inside this one that
     * has ended for good) keep it.
     */
    Verdict classify(Throwable failure, Phase phase) {
        foreign = false;
        Verdict carried = CallEnded.verdictIn(failure, call);
        if (carried != null) {
            return carried;
        }
        if (failure instanceof IllegalStateException && phase == Phase.OPEN) {
            return Verdict.GIVE_UP;
        }
        Verdict opinion = settings.opinion(scope, failure, phase);
        if (opinion == null) {
            foreign = (phase == Phase.HOOK || phase == Phase.OPERATION) && !Causes.any(failure, CallAccount::isOfJdbc);
        }
        return settings.policy.adjust(opinion == null ? CallSettings.ofNobody(phase) : opinion, failure);
    }

    /** By name, since this module does without java.sql. Drivers have failures of their own that no classifier knows. */
    private static boolean isOfJdbc(Throwable failure) {
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals("java.sql.SQLException")) {
                return true;
            }
        }
        return false;
    }

    /** What an attempt that was stopped because its time was up failed with, and how far it must be undone. */
    Throwable timedOut(int number, @Nullable Throwable stoppedWith) {
        foreign = false;
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
        Verdict verdict = verdict(failed, raised);
        boolean inDoubt = verdict == Verdict.OUTCOME_UNKNOWN && failed.phase == Phase.COMMIT && probeable;
        probes = inDoubt ? 0 : Decision.NO_PROBE;
        if (inDoubt) {
            patience = deadline.isNone() ? Deadline.after(LONGEST_DOUBT, settings.ticker) : deadline;
        }
        return decide(failed, verdict, interrupted);
    }

    private Verdict verdict(Failure failed, Verdict raised) {
        Verdict verdict = failed.classified.atLeast(raised);
        if (verdict == Verdict.OUTCOME_UNKNOWN
                && reach == Reach.SAVEPOINT
                && CallEnded.verdictIn(failed.cause, call) == null) {
            // Nothing becomes durable by releasing a savepoint: the transaction around it was never committed.
            return Verdict.RETRY_CONNECTION;
        }
        return verdict;
    }

    /** An attempt ended with an error, which goes up as it is: only the listeners are told. */
    void error(Failure failed, Verdict raised) {
        Verdict verdict = verdict(failed, raised);
        conclude(failed, verdict, new Decision.Stop(GiveUpReason.ERROR));
        tellEnd(failed.number, failed.phase, verdict, failed.cause);
    }

    /**
     * Something around the attempts broke, a sleeper or a clock of the caller's own, and its failure goes up: the listeners
     * are told, unless they have heard the end of the call.
     */
    void broken(int number, Phase phase, Throwable failure) {
        if (ended) {
            return;
        }
        GiveUpReason why = failure instanceof Error ? GiveUpReason.ERROR : GiveUpReason.NOT_RETRYABLE;
        AttemptRecord last = records.isEmpty() ? null : records.get(records.size() - 1);
        if (last != null && last.number() == number) {
            reason = why;
            tellEnd(number, phase, last.verdict(), failure);
        } else {
            Verdict verdict = CallSettings.ofNobody(phase);
            conclude(new Failure(number, phase, failure, verdict), verdict, new Decision.Stop(why));
            tellEnd(number, phase, verdict, failure);
        }
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
        if (settings.wants(RunEvent.Probed.class)) {
            settings.tell(
                    new RunEvent.Probed(identity(), settings.database(scope), failed.number, status, failed.cause));
        }
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
            Causes.suppress(failed.cause, broken);
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
            boolean givenUp = stop.reason() == GiveUpReason.NOT_RETRYABLE && verdict == Verdict.GIVE_UP;
            reason = givenUp && foreign ? GiveUpReason.NOT_OF_THE_DATABASE : stop.reason();
        }
        records.add(new AttemptRecord(failed.number, failed.phase, verdict, failed.cause, delay));
        if (settings.wants(RunEvent.AttemptFailed.class)) {
            settings.tell(new RunEvent.AttemptFailed(
                    identity(), settings.database(scope), failed.number, failed.phase, verdict, failed.cause, delay));
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
        if (ENDS_ENCLOSING.contains(reason())) {
            mark(failure);
        }
        Throwable caught = mayHaveHappened && !(failure instanceof OutcomeUnknownException)
                ? new OutcomeUnknownException(settings.name, failure, List.copyOf(records))
                : failure;
        tellEnd(last.number(), last.phase(), last.verdict(), caught);
        return caught;
    }

    /** Tells the listeners how the call has ended, once. */
    private void tellEnd(int number, Phase phase, Verdict verdict, Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        if (!settings.wants(mayHaveHappened ? RunEvent.OutcomeUnknown.class : RunEvent.GaveUp.class)) {
            return;
        }
        Duration elapsed = settings.elapsed(start);
        Database database = settings.database(scope);
        settings.tell(
                mayHaveHappened
                        ? new RunEvent.OutcomeUnknown(identity(), database, number, failure, elapsed)
                        : new RunEvent.GaveUp(
                                identity(), database, number, phase, reason(), verdict, failure, elapsed));
    }

    private void suppressEarlier(Throwable failure) {
        int count = Math.min(records.size() - 1, MOST_SUPPRESSED);
        for (int i = 0; i < count; i++) {
            Causes.suppress(failure, records.get(i).failure());
        }
    }

    private void mark(Throwable failure) {
        if (CallEnded.verdictIn(failure, call) == null) {
            CallEnded.mark(failure, settings.name, call, reason(), records);
        }
    }
}
