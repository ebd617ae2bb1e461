package dev.dbop;

import java.time.Duration;

/**
 * What follows from a failed attempt: the retry decision of dbop, in one place, for the blocking and the asynchronous
 * engine alike. Pure: it is computed from its arguments and changes nothing.
 */
sealed interface Decision {
    /** Another attempt, after the delay. */
    record Again(Duration delay) implements Decision {}

    /** The attempt's {@link CommitProbe} is asked, after the delay. */
    record Probe(Duration delay) implements Decision {}

    /** No further attempt. */
    record Stop(GiveUpReason reason) implements Decision {}

    /** Nobody can be asked whether the attempt was committed. */
    int NO_PROBE = -1;

    /**
     * What is known when an attempt has failed and is undone.
     *
     * @param attempt the number of the attempt that failed
     * @param verdict raised by everybody who knew more
     * @param reach of the scope
     * @param repeatable true if repeating what may have happened does no harm
     * @param interrupted true if the caller wants no more
     * @param previousDelay the delay before the attempt that failed
     * @param probes how often the attempt's outcome has been probed in vain; {@link #NO_PROBE} if it cannot be
     * @param remaining until the call's deadline, or the end of the patience for probes
     * @param random for the jitter
     */
    record Facts(
            int attempt,
            Verdict verdict,
            Reach reach,
            boolean repeatable,
            boolean interrupted,
            Duration previousDelay,
            int probes,
            Duration remaining,
            double random) {}

    static Decision of(RetryPolicy policy, Facts facts) {
        if (facts.verdict == Verdict.GIVE_UP) {
            return new Stop(GiveUpReason.NOT_RETRYABLE);
        }
        if (facts.verdict == Verdict.OUTCOME_UNKNOWN) {
            Decision decision = inDoubt(policy, facts);
            if (decision instanceof Probe || !facts.repeatable) {
                return decision;
            }
        }
        // Only a connection that failed leaves an outcome unknown, so repeating needs a new one.
        Verdict needed = facts.verdict == Verdict.OUTCOME_UNKNOWN ? Verdict.RETRY_CONNECTION : facts.verdict;
        if (!facts.reach.covers(needed)) {
            return new Stop(GiveUpReason.BEYOND_REACH);
        }
        if (facts.interrupted) {
            return new Stop(GiveUpReason.INTERRUPTED);
        }
        if (facts.attempt > policy.maxRetries()) {
            return new Stop(GiveUpReason.RETRIES_EXHAUSTED);
        }
        Duration delay = policy.delayBefore(facts.attempt, facts.previousDelay, facts.random);
        return delay.compareTo(facts.remaining) < 0 ? new Again(delay) : new Stop(GiveUpReason.DEADLINE);
    }

    /**
     * A probe repeats no work, so only time limits how often it is asked. Where there is one it is asked even if the work
     * may be repeated: done once is better.
     */
    private static Decision inDoubt(RetryPolicy policy, Facts facts) {
        boolean first = facts.probes == 0;
        if (facts.probes == NO_PROBE || (facts.interrupted && !first)) {
            return new Stop(GiveUpReason.OUTCOME_UNKNOWN);
        }
        Duration delay = first ? Duration.ZERO : policy.delayBefore(facts.probes, facts.previousDelay, facts.random);
        return delay.compareTo(facts.remaining) < 0 ? new Probe(delay) : new Stop(GiveUpReason.OUTCOME_UNKNOWN);
    }
}
