package dev.dbop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The root of the few exceptions of dbop's own: those for which no failure of the database tells the whole truth. */
public abstract sealed class DbopException extends RuntimeException
        permits OutcomeUnknownException, AttemptTimeoutException {
    private static final long serialVersionUID = 1;

    private final transient List<AttemptRecord> attempts;

    DbopException(String message, @Nullable Throwable cause, List<AttemptRecord> attempts) {
        super(message, cause);
        this.attempts = attempts;
    }

    /**
     * Returns the call's failed attempts, this one included, oldest first.
     *
     * @return an immutable list; empty after deserialization
     */
    @SuppressWarnings("RedundantNullCheck") // null after deserialization: the field is transient
    public List<AttemptRecord> attempts() {
        return attempts == null ? List.of() : attempts;
    }
}
