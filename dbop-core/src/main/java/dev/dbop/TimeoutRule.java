package dev.dbop;

import java.util.Objects;

/** Chooses the timeouts of each attempt: a short first lock wait that grows, for instance. Pure; any thread. */
@FunctionalInterface
public interface TimeoutRule {
    /**
     * Returns the timeouts of one attempt. The engine clamps them to the time left.
     *
     * @param attempt the attempt's number, from 1
     * @return the timeouts, never null
     */
    Timeouts forAttempt(int attempt);

    /**
     * Returns the rule that gives every attempt the same timeouts.
     *
     * @param timeouts of every attempt
     * @return the rule
     */
    static TimeoutRule fixed(Timeouts timeouts) {
        Objects.requireNonNull(timeouts, "timeouts");
        return attempt -> timeouts;
    }
}
