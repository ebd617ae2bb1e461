package dev.dbop.twophase;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction over several databases that is committed.
 *
 * @param <T> the type of the value
 * @param value what the operation gave in the attempt that was committed
 * @param pending the names of the databases whose branch is committed but not finished yet, because they could not be
 *     reached any more: recovery finishes them. Until then their rows are locked, and their changes not seen
 */
public record TwoPhaseResult<T extends @Nullable Object>(T value, List<String> pending) {
    /**
     * Copies the list.
     *
     * @param value see above
     * @param pending see above
     */
    public TwoPhaseResult {
        pending = List.copyOf(pending);
    }
}
