package dev.dbop.vertx;

import io.vertx.sqlclient.DatabaseException;

/** What a statement gets after the transaction was lost to an earlier failure, which is the cause and is what counts. */
final class LostTransaction extends DatabaseException {
    private static final long serialVersionUID = 1;

    private final Throwable failure;

    LostTransaction(Throwable failure) {
        super(
                "the transaction of this attempt was lost with an earlier failure, see the cause: let that failure leave the"
                        + " operation",
                0,
                "25P02");
        this.failure = failure;
    }

    /** The client's exceptions are made without one. */
    @Override
    public synchronized Throwable getCause() {
        return failure;
    }
}
