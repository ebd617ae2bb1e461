package dev.dbop.twophase;

import org.jspecify.annotations.Nullable;

/**
 * What a state search runs with.
 *
 * @param n the number of branches
 * @param attached the branches that stay with the session that prepared them while that lives, one bit each
 * @param foreigner whether the second recoverer belongs to another decision store
 * @param flaw what is done wrong on purpose, or null
 * @param looksFor with a flaw, the one trouble to look for
 */
record Setup(
        int n,
        int attached,
        boolean foreigner,
        @Nullable Flaw flaw,
        @Nullable Trouble looksFor) {
    /** What can be done wrong. */
    enum Flaw {
        ROW_INSERTED_LAST,
        PROBE_BY_SELECT,
        ROW_DELETED_YOUNG,
        NO_STORE_IN_NAME,
        HIDDEN_IS_EMPTY,
        TWO_LOOKS_INSTEAD_OF_DEADLINE,
        LOOKS_OF_DIFFERENT_TIMES,
        DEADLINE_WITHOUT_DRAIN,
        ROLLS_BACK_AFTER_UNKNOWN_PREPARE,
        NOT_FOUND_IS_DONE
    }

    /** What a state can be bad for. */
    enum Trouble {
        /** One branch is committed, another rolled back. */
        MIXED_OUTCOME,
        TOLD_COMMITTED_BUT_ROLLED_BACK,
        TOLD_NOT_COMMITTED_BUT_COMMITTED,
        /** The decision row is gone, and a branch is still prepared. */
        ROW_DELETED_TOO_EARLY,
        /** Nothing fails any more, recovery runs and runs, and something stays prepared. */
        NEVER_FINISHED,
        /** Everything is finished, and recovery does not delete the decision row. */
        ROW_NEVER_DELETED
    }

    /** Everything done right, and every trouble looked for. */
    static Setup of(int n) {
        return new Setup(n, 0, false, null, null);
    }

    Setup withAllAttached() {
        return new Setup(n, (1 << n) - 1, foreigner, flaw, looksFor);
    }

    Setup withAttached(int branch) {
        return new Setup(n, attached | (1 << branch), foreigner, flaw, looksFor);
    }

    boolean attaches(int branch) {
        return (attached & (1 << branch)) != 0;
    }

    Setup withForeigner() {
        return new Setup(n, attached, true, flaw, looksFor);
    }

    Setup with(Flaw done, Trouble expected) {
        return new Setup(n, attached, foreigner, done, expected);
    }

    boolean has(Flaw what) {
        return flaw == what;
    }

    /** Whether it makes no difference which of the two recoverers is which; a trace is easier to read if it does. */
    boolean symmetric() {
        return flaw == null && !foreigner;
    }
}
