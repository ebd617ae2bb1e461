package dev.dbop.jdbc;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;

/**
 * A statement dbop itself cancelled because its time was up, on databases that cannot limit every statement. Told apart
 * from a human's cancel by its type, since the client's error is the same; that error is the cause.
 */
final class StatementTimeout extends SQLTimeoutException {
    private static final long serialVersionUID = 1;

    StatementTimeout(Duration limit, SQLException cancelled) {
        super(
                "statement timeout of " + limit.toMillis()
                        + " ms: the statement was cancelled; find what it waited for," + " or raise the timeout",
                cancelled.getSQLState(),
                cancelled.getErrorCode(),
                cancelled);
    }
}
