package dev.dbop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the server may wait for a lock and run a statement, during one attempt. Scopes set both on the server when
 * the attempt begins and restore what was there when it ends.
 *
 * <p>Servers count differently: InnoDB's lock wait in whole seconds (rounded up), PostgreSQL in milliseconds. A value is
 * never rounded to zero, which would switch the timeout off.
 *
 * @param lock the longest wait for one lock, or null to leave the session's own
 * @param statement the longest run of one statement, or null to leave the session's own
 */
public record Timeouts(@Nullable Duration lock, @Nullable Duration statement) {
    /** The least every server can tell from "no timeout". */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Timeouts NONE = new Timeouts(null, null);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is zero, negative or longer than 292 years
     */
    public Timeouts {
        if (lock != null) {
            Durations.positive("lock timeout", lock);
        }
        if (statement != null) {
            Durations.positive("statement timeout", statement);
        }
    }

    /**
     * Returns the timeouts that leave the session's own.
     *
     * @return a shared instance
     */
    public static Timeouts none() {
        return NONE;
    }

    /**
     * Returns these timeouts with another lock timeout.
     *
     * @param timeout the longest wait for one lock
     * @return a changed copy
     * @throws IllegalArgumentException if it is zero, negative or longer than 292 years
     */
    public Timeouts withLock(Duration timeout) {
        return new Timeouts(timeout, statement);
    }

    /**
     * Returns these timeouts with another statement timeout.
     *
     * @param timeout the longest run of one statement
     * @return a changed copy
     * @throws IllegalArgumentException if it is zero, negative or longer than 292 years
     */
    public Timeouts withStatement(Duration timeout) {
        return new Timeouts(lock, timeout);
    }

    /**
     * Tells whether neither is set.
     *
     * @return true if the session's own timeouts stay
     */
    public boolean isNone() {
        return lock == null && statement == null;
    }

    /**
     * Tells whether these let the server wait for a lock for a shorter time than others do.
     *
     * @param others what they are compared with
     * @return true if the lock timeout is set, and the others' is longer or not set
     */
    public boolean cutsShort(Timeouts others) {
        return lock != null && (others.lock == null || lock.compareTo(others.lock) < 0);
    }

    /**
     * No wait and no statement outlasts the deadline; under one both are always bounded, so that the server ends them by
     * itself when it can no longer be told to. Some servers bound only the waits of some statements.
     */
    Timeouts within(Deadline deadline) {
        if (deadline.isNone()) {
            return this;
        }
        Duration left = deadline.remaining();
        if (left.compareTo(SHORTEST) < 0) {
            left = SHORTEST;
        }
        return new Timeouts(
                lock == null ? left : Durations.min(lock, left),
                statement == null ? left : Durations.min(statement, left));
    }
}
