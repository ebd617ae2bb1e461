package dev.dbop.vertx;

import io.vertx.sqlclient.DatabaseException;
import java.time.Duration;

/** A statement that ran longer than its timeout, on a server that does not end all by itself, and so was stopped by us. */
final class StatementTimeout extends DatabaseException {
    private static final long serialVersionUID = 1;

    private final Throwable failure;

    StatementTimeout(Duration limit, Throwable failure) {
        super("the statement was stopped after its timeout of " + limit.toMillis() + " ms", 0, "57014");
        this.failure = failure;
    }

    /** What the client said of it. */
    @Override
    public synchronized Throwable getCause() {
        return failure;
    }
}
