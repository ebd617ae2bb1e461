package dev.dbop.watch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time of the watch was up, and what it waited for had not happened. The cause, where there is one, is why the last
 * look failed: then the row may have changed unseen.
 *
 * <p>What to do: find out what should have changed the row; wait longer only if that may honestly take so long.
 */
public final class RowWatchTimeoutException extends RowWatchException {
    private static final long serialVersionUID = 1;

    RowWatchTimeoutException(String row, String missed, Duration within, long looks, @Nullable Throwable lastFailure) {
        super(
                row + " " + missed + " within " + within + " (" + looks
                        + (lastFailure == null ? " looks" : " looks, the last of which failed")
                        + "); find out what should have changed it, or wait longer",
                lastFailure);
    }
}
