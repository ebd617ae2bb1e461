package dev.dbop;

import java.util.Objects;

/** The rule that gives every attempt the same timeouts. */
record FixedTimeouts(Timeouts timeouts) implements TimeoutRule {
    FixedTimeouts {
        Objects.requireNonNull(timeouts, "timeouts");
    }

    @Override
    public Timeouts forAttempt(int attempt, int attempts) {
        return timeouts;
    }
}
