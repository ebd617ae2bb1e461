package dev.dbop.twophase;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one run of recovery has done about one group. */
public sealed interface GroupReport {
    /**
     * Returns the group.
     *
     * @return its name
     */
    GroupId group();

    /**
     * The group is committed: every branch found prepared is.
     *
     * @param group its name
     * @param branches the indexes of the branches this run committed; others were by somebody else
     */
    record Committed(GroupId group, List<Integer> branches) implements GroupReport {
        /**
         * Copies the list.
         *
         * @param group see above
         * @param branches see above
         */
        public Committed {
            branches = List.copyOf(branches);
        }
    }

    /**
     * The group is rolled back: every branch found prepared is.
     *
     * @param group its name
     * @param branches the indexes of the branches this run rolled back; others were by somebody else
     */
    record RolledBack(GroupId group, List<Integer> branches) implements GroupReport {
        /**
         * Copies the list.
         *
         * @param group see above
         * @param branches see above
         */
        public RolledBack {
            branches = List.copyOf(branches);
        }
    }

    /**
     * No branch found prepared was to be found any more: somebody else has finished them. A branch that a session holds
     * is none of these: it makes the group {@link Deferred}, for {@link Why#BRANCH_UNFINISHED}.
     *
     * @param group its name
     */
    record FinishedElsewhere(GroupId group) implements GroupReport {}

    /**
     * The group, or part of it, is left to a later run.
     *
     * @param group its name
     * @param why what has to change first
     * @param cause the failure behind it, or null if there is none
     */
    record Deferred(GroupId group, Why why, @Nullable Throwable cause) implements GroupReport {}

    /**
     * What is prepared fits no history this protocol can have; an operator has to look. Without a decision row another
     * recoverer at work can make it look so once: worry if it stays.
     *
     * @param group its name
     * @param what does not fit: one sentence
     */
    record Conflicting(GroupId group, String what) implements GroupReport {}

    /** Why a group is left to a later run. */
    enum Why {
        /** Somebody holds the open decision row. */
        COORDINATOR_ALIVE,
        /** The decision store did not say what was decided. */
        STORE_UNREACHABLE,
        /** The decision is in a store this recoverer does not ask; another recoverer does. */
        OTHER_STORE,
        /** Something of the coordinator may still execute. */
        NOT_QUIET,
        /** A participant the group names was not listed. */
        PARTICIPANT_UNLISTED,
        /** A branch could not be finished, perhaps because a session holds it, and all or some are still prepared. */
        BRANCH_UNFINISHED,
        /** The run ended before the group's turn was over. */
        UNANSWERED
    }
}
