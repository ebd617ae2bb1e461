package dev.dbop.watch;

import org.jspecify.annotations.Nullable;

/** How a watch ends that has not seen what it waited for. */
public abstract sealed class RowWatchException extends RuntimeException
        permits RowMissingException, RowDeletedException, RowWatchTimeoutException {
    private static final long serialVersionUID = 1;

    RowWatchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
