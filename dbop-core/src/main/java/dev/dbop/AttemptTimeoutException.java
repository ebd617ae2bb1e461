package dev.dbop;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last attempt ran into {@link RetryPolicy#attemptTimeout()} or the end of {@link RetryPolicy#maxDuration()}: its
 * work was stopped on the server and undone. The cause, where there is one, is what the client threw when it was
 * stopped.
 *
 * <p>What to do: find the slow statement or the lock it waited for; raise the limit only if the work is honestly that
 * long.
 */
public final class AttemptTimeoutException extends DbopException {
    private static final long serialVersionUID = 1;

    AttemptTimeoutException(
            String name, int attempt, RetryPolicy policy, @Nullable Throwable cause, List<AttemptRecord> attempts) {
        super(
                "attempt " + attempt + " of call \"" + name + "\" was stopped at its time limit (attemptTimeout "
                        + text(policy.attemptTimeout()) + ", maxDuration " + text(policy.maxDuration())
                        + ", or the enclosing call's) and rolled back; find what it waited for, or raise the limit",
                cause,
                attempts);
    }

    private static String text(@Nullable Duration limit) {
        return limit == null ? "none" : limit.toMillis() + " ms";
    }
}
