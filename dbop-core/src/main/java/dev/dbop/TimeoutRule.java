package dev.dbop;

import java.time.Duration;

/** Chooses the timeouts of each attempt. Pure; any thread. */
@FunctionalInterface
public interface TimeoutRule {
    /**
     * Returns the timeouts of one attempt. The engine clamps them to the time left.
     *
     * @param attempt the attempt's number, from 1
     * @param attempts how many attempts there can be at most, as far as is known when this one begins; the number of this
     *     one if another is not sure to follow, see {@link AttemptContext#timeouts(Reach)}
     * @return the timeouts, never null
     */
    Timeouts forAttempt(int attempt, int attempts);

    /**
     * Returns the rule that gives every attempt the same timeouts.
     *
     * @param timeouts of every attempt
     * @return the rule
     */
    static TimeoutRule fixed(Timeouts timeouts) {
        return new FixedTimeouts(timeouts);
    }

    /**
     * Returns the rule for hot rows: the first attempt waits for a lock for 8 ms, each further one twice as long, the last
     * two in full, as long as the session itself would wait. What may be the last attempt waits in full, too.
     *
     * <p>A transaction that gives way early frees what the others wait for. On PostgreSQL, which looks for a deadlock only
     * after a second ({@code deadlock_timeout}), that ends one a hundred times sooner. The price: a wait cut short repeats
     * the whole operation, so the rule is for short transactions. Nobody has it unasked.
     *
     * <ul>
     *   <li>PostgreSQL counts in milliseconds, and each lock by itself ({@code lock_timeout}; PostgreSQL manual, "Client
     *       Connection Defaults").
     *   <li>InnoDB counts in whole seconds and waits one at least ({@code innodb_lock_wait_timeout}; MySQL manual, "InnoDB
     *       Startup Options and System Variables"), so from 8 ms every short wait is a second. It looks for deadlocks at
     *       once: the rule gains something only with {@code innodb_deadlock_detect} off.
     *   <li>SQLite has one lock for all who write, and waits by trying again ({@code busy_timeout}): no deadlock is ended
     *       sooner, and one sort of waiting is exchanged for another. Leave it there.
     * </ul>
     *
     * @return a shared instance
     * @see DbopRunner#initialLockTimeout
     */
    static TimeoutRule growingLockTimeout() {
        return GrowingLockTimeout.MEASURED;
    }

    /**
     * Returns a rule by which the wait for a lock grows from attempt to attempt, as {@link #growingLockTimeout()} does.
     *
     * @param initial the longest wait for one lock in the first attempt; above zero
     * @param factor what it is multiplied by from attempt to attempt; 1 or more
     * @param inFull how many of the last attempts have the timeouts of {@code full}; 1 or more
     * @param full the timeouts without the rule; no attempt's lock timeout is longer than theirs, and the statement timeout
     *     is theirs in every attempt
     * @return the rule
     * @throws IllegalArgumentException if a value is outside its bounds
     */
    static TimeoutRule growingLockTimeout(Duration initial, double factor, int inFull, Timeouts full) {
        return new GrowingLockTimeout(initial, factor, inFull, fixed(full));
    }
}
