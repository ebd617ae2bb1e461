package dev.dbop.vertx;

import io.vertx.sqlclient.DatabaseException;
import org.jspecify.annotations.Nullable;

/** What an attempt itself says to an operation, in the client's terms and with a SQLSTATE. */
final class AttemptException extends DatabaseException {
    private static final long serialVersionUID = 1;

    private final @Nullable Throwable failure;

    AttemptException(String message, String sqlState, @Nullable Throwable failure) {
        super(message, 0, sqlState);
        this.failure = failure;
    }

    /** The client's exceptions are made without one. */
    @Override
    public synchronized @Nullable Throwable getCause() {
        return failure;
    }
}
