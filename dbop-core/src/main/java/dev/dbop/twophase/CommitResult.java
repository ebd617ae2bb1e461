package dev.dbop.twophase;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a group ended, as far as its coordinator knows. */
public sealed interface CommitResult {
    /**
     * The group is committed, and no failure after this changes that.
     *
     * @param pending the indexes of the branches still to be committed, ascending; recovery does what the coordinator
     *     does not. Not all of them need be prepared any more
     */
    record Committed(List<Integer> pending) implements CommitResult {
        /**
         * Copies the list.
         *
         * @param pending see above
         */
        public Committed {
            pending = List.copyOf(pending);
        }
    }

    /**
     * The group is not committed and never will be; the work may be repeated. Branches that could not be rolled back
     * are left to recovery.
     *
     * @param cause the failure that ended it, or null if the answer that did carries none
     */
    record NotCommitted(@Nullable Throwable cause) implements CommitResult {}

    /**
     * The group is committed or rolled back, as a whole; which of the two could not be learnt. Recovery finishes it. The
     * work must not be repeated blindly.
     *
     * @param cause why the commit's answer is missing, or null if the answer that says so carries none
     */
    record OutcomeUnknown(@Nullable Throwable cause) implements CommitResult {}
}
