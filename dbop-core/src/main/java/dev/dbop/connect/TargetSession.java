package dev.dbop.connect;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which of several servers will do: the values of libpq's {@code target_session_attrs} (PostgreSQL manual, "Parameter
 * Key Words").
 */
public enum TargetSession {
    /** Whichever answers. */
    ANY,
    /** A session that may write: no standby, and transactions are not read-only by default. */
    READ_WRITE,
    /** A session that may not write: a standby, or transactions are read-only by default. */
    READ_ONLY,
    /** A server that is not a standby. */
    PRIMARY,
    /** A server that is a standby. */
    STANDBY,
    /** A standby if there is one, else whichever answers. */
    PREFER_STANDBY;

    /**
     * Reads the value as libpq spells it.
     *
     * @param text for example {@code read-write}
     * @return the value
     * @throws IllegalArgumentException if libpq knows no such value; the text is not repeated in the message
     */
    public static TargetSession parse(String text) {
        return Arrays.stream(values())
                .filter(value -> value.text().equals(text))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("target_session_attrs must be one of "
                        + Arrays.stream(values()).map(TargetSession::text).collect(Collectors.joining(", "))));
    }

    /**
     * Returns the value as libpq spells it.
     *
     * @return for example {@code read-write}
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
