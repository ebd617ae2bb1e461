package dev.dbop.twophase;

import java.util.List;

/** What one recoverer in a state search is at. */
sealed interface Recoverer {
    /** Between two runs. */
    record Idle() implements Recoverer {}

    /**
     * Looking at one database after the other.
     *
     * @param row what it read of the decision row: {@link #NO_ROW}, {@link #YOUNG_ROW} or {@link #OLD_ROW}
     * @param seen what it saw of each branch, 4 bits each
     * @param first of two looks, what the first one saw, or 0
     */
    record Looking(int row, int seen, int first) implements Recoverer {
        static final int NO_ROW = 0;
        static final int YOUNG_ROW = 1;
        static final int OLD_ROW = 2;
        static final int NOTHING_YET = 0;
        private static final int HIDDEN = 1;
        private static final int LISTED = 8;

        int at(int i) {
            return (seen >> (4 * i)) & 15;
        }

        Looking hidden(int i) {
            return new Looking(row, seen | (HIDDEN << (4 * i)), first);
        }

        Looking listed(int i, boolean prepared, int time) {
            int what = LISTED | (time << 1) | (prepared ? 1 : 0);
            return new Looking(row, seen | (what << (4 * i)), first);
        }

        boolean isListed(int i) {
            return at(i) >= LISTED;
        }

        boolean isPrepared(int i) {
            return isListed(i) && (at(i) & 1) == 1;
        }

        int time(int i) {
            return isListed(i) ? (at(i) >> 1) & 3 : 0;
        }
    }

    /**
     * Finishing the group.
     *
     * @param machine the real one
     * @param todo the steps not performed yet
     */
    record Working(GroupRecovery machine, List<Step> todo) implements Recoverer {}

    /** About to delete the decision row. */
    record Deleting() implements Recoverer {}
}
