package dev.dbop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One failed attempt, as it is kept in a call's history.
 *
 * @param number the attempt's number, from 1
 * @param phase where it failed
 * @param verdict what the failure called for, after everybody who knew more had raised it
 * @param failure what was thrown
 * @param delay the wait before the next attempt, or null if there was none
 */
public record AttemptRecord(
        int number,
        Phase phase,
        Verdict verdict,
        Throwable failure,
        @Nullable Duration delay) {
    /** One line without the failure's message, which may hold the caller's data. */
    @Override
    public String toString() {
        return "#" + number + " " + phase + " " + verdict + " "
                + failure.getClass().getSimpleName()
                + (delay == null ? "" : ", then " + delay.toMillis() + " ms");
    }
}
