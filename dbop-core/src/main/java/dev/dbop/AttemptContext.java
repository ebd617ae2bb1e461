package dev.dbop;

import dev.dbop.sql.Isolation;
import org.jspecify.annotations.Nullable;

/** One attempt, as the engine describes it to scope and hook. Immutable; valid for that attempt. */
public final class AttemptContext {
    private final CallSettings settings;
    private final int number;
    private final Deadline deadline;
    private final boolean asynchronous;
    private final @Nullable Object previousAttempt;

    AttemptContext(
            CallSettings settings,
            int number,
            Deadline deadline,
            boolean asynchronous,
            @Nullable Object previousAttempt) {
        this.settings = settings;
        this.number = number;
        this.deadline = deadline;
        this.asynchronous = asynchronous;
        this.previousAttempt = previousAttempt;
    }

    /**
     * Returns the name of the call, for messages.
     *
     * @return the name given to the runner, or "unnamed"
     */
    public String name() {
        return settings.name;
    }

    /**
     * Returns the attempt's number.
     *
     * @return 1 for the first attempt
     */
    public int number() {
        return number;
    }

    /**
     * Returns when this attempt has to be over: the nearest of the attempt's own limit, the call's and the enclosing
     * work's.
     *
     * @return the deadline, {@link Deadline#none()} where nothing limits the attempt
     */
    public Deadline deadline() {
        return deadline;
    }

    /**
     * Returns the server timeouts of this attempt, clamped to the time left now, never to zero. Under a deadline both are
     * always set, so that the server stops by itself if it can no longer be told to.
     *
     * <p>They are those of an attempt that may be the last, so a rule that cuts waits short leaves it in peace: right for
     * every scope, in particular for one that undoes only a part.
     *
     * @return the timeouts
     */
    public Timeouts timeouts() {
        return settings.timeoutRule.forAttempt(number, number).within(deadline);
    }

    /**
     * Returns the server timeouts as {@link #timeouts()} does, for an attempt that undoes everything it has done: its waits
     * may be cut short if another attempt is likely to be made. Another one is not
     *
     * <ul>
     *   <li>if the reach does not cover {@link Verdict#RETRY_TRANSACTION}, which a lock timeout may come to;
     *   <li>if the policy allows no more retries;
     *   <li>if the policy's budget is not more than half full: the rest is for failures that nobody has asked for;
     *   <li>if the delay before it may take half of the time left.
     * </ul>
     *
     * @param reach of the scope; statements that commit on their own, as in autocommit, are undone by none
     * @return the timeouts
     */
    public Timeouts timeouts(Reach reach) {
        return settings.timeoutRule
                .forAttempt(number, settings.attempts(number, reach, deadline))
                .within(deadline);
    }

    /**
     * Tells whether {@link Attempt#cancel} may be called: under a deadline, and in an asynchronous call, whose future may be
     * cancelled. An attempt that nobody stops need not prepare for it.
     *
     * @return false if it is never called
     */
    public boolean mayBeCancelled() {
        return asynchronous || !deadline.isNone();
    }

    /**
     * Tells whether the attempt must be read-only on the server.
     *
     * @return true if the call was declared {@link DbopRunner#readOnly()}
     */
    public boolean readOnly() {
        return settings.readOnly;
    }

    /**
     * Returns the isolation level the attempt's transaction must run at.
     *
     * @return the level, or null for the session's own
     */
    public @Nullable Isolation isolation() {
        return settings.isolation;
    }

    /**
     * Tells whether the policy has a failure retried that the classifier gives up: an application's own. It may come from
     * what the operation has read, and what is read from a snapshot a retry inside the same transaction reads again.
     *
     * @param failure of this attempt
     * @return true if the failure or a cause of it is of a type given to {@link RetryPolicy.Builder#retryOn}
     */
    public boolean retriesOn(Throwable failure) {
        return Causes.anyIn(failure, settings.policy.retryOn());
    }

    /**
     * Returns what this scope last opened for an attempt of this call, so that it can finish what is left of it.
     *
     * @return the ended {@link Attempt} or {@link AsyncAttempt}; null if no attempt has been opened yet
     */
    public @Nullable Object previousAttempt() {
        return previousAttempt;
    }

    AttemptContext withPrevious(@Nullable Object attempt) {
        return previousAttempt == null ? this : new AttemptContext(settings, number, deadline, asynchronous, attempt);
    }
}
