package dev.dbop.twophase;

/** What became of a {@link Step}: a server's own words in ours. Only a driver knows vendor codes. */
public sealed interface BranchAnswer {
    /** The step is done. */
    record Done() implements BranchAnswer {}

    /**
     * The server knows no such prepared branch. Alone that says nothing: it is finished, was never prepared, will be
     * by a call still under way, or belongs to a session that is still there (MariaDB, and MySQL without {@code
     * xa_detach_on_prepare}, answer XAER_NOTA for such a branch although {@code XA RECOVER} lists it; measured on
     * MariaDB 10.11 and 11.8, MySQL 5.7). A driver that can look at the listing then does, and answers {@link Busy} for
     * a branch that is on it.
     */
    record NotFound() implements BranchAnswer {}

    /** The prepared branch is there, and in the hands of another session, or was a moment ago. */
    record Busy() implements BranchAnswer {}

    /** The branch had changed nothing and is over: there is nothing to commit or roll back. An answer to PREPARE. */
    record ReadOnly() implements BranchAnswer {}

    /**
     * The server definitely did not do it: by this step nothing was prepared, committed or rolled back, and nothing
     * will be. Also the answer to a step that was never sent.
     *
     * @param cause the server's error, or why it was not sent
     */
    record Refused(Throwable cause) implements BranchAnswer {}

    /**
     * No answer arrived: the step was done, was not, or will be.
     *
     * @param cause the loss of the connection, or the timeout
     */
    record Unknown(Throwable cause) implements BranchAnswer {}
}
