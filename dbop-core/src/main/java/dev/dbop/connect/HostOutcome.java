package dev.dbop.connect;

import org.jspecify.annotations.Nullable;

/**
 * What became of one try to get a session of a host.
 *
 * @param host which one
 * @param role what the server is, or null if it did not come to say
 * @param failure why there is no session, or null if there was one
 */
public record HostOutcome(
        HostAddress host,
        @Nullable ServerRole role,
        @Nullable Throwable failure) {
    /** Causes may be nested, and may form a ring. */
    private static final int MOST = 16;

    /**
     * Describes the outcome on one line, without any secret a driver has not put into its message.
     *
     * @return for example {@code db1:5432: Connection refused} or {@code db2:5432: is a standby}
     */
    public String text() {
        String where = host + ": ";
        if (failure != null) {
            return where + text(failure);
        }
        return where + (role == null ? "is reachable" : "is a " + role.text());
    }

    private static String text(Throwable failure) {
        String own = line(failure);
        String root = line(root(failure));
        return own.contains(root) ? own : own + " (" + root + ")";
    }

    private static Throwable root(Throwable failure) {
        Throwable at = failure;
        Throwable cause = at.getCause();
        for (int depth = 0; cause != null && depth < MOST; depth++) {
            at = cause;
            cause = at.getCause();
        }
        return at;
    }

    private static String line(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().replaceAll("\\s+", " ");
    }
}
