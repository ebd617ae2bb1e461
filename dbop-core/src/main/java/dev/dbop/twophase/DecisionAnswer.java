package dev.dbop.twophase;

/** What inserting a group's decision row again said about the group. */
public sealed interface DecisionAnswer {
    /** Duplicate key: branch 0 has committed. */
    record Committed() implements DecisionAnswer {}

    /** The insert worked and was rolled back: branch 0's transaction is over, and the row can never appear. */
    record Aborted() implements DecisionAnswer {}

    /** Lock timeout: somebody holds the open row, most likely a coordinator that lives. */
    record Open() implements DecisionAnswer {}

    /**
     * The store could not be asked, or did not answer.
     *
     * @param cause why
     */
    record Unknown(Throwable cause) implements DecisionAnswer {}
}
