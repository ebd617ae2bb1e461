package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A row with a key of its own that the transaction has written before anything else: a token, a decision.
 *
 * @param sql inserts it
 * @param remedy what to do when the table is missing, or null
 */
record InsertMark(String sql, @Nullable String remedy) implements CommitMark {
    /** A transaction that takes longer to end is told to. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @Override
    public void explain(SQLException failure) {
        if (remedy != null && saysTableIsMissing(failure)) {
            Note.in(failure, remedy);
        }
    }

    /** By SQLSTATE, but for SQLite, which has none and one code for every mistake in a statement. */
    private static boolean saysTableIsMissing(SQLException failure) {
        String state = failure.getSQLState();
        return "42P01".equals(state)
                || "42S02".equals(state)
                || String.valueOf(failure.getMessage()).contains("no such table");
    }

    @Override
    public void ridden(@Nullable String value) {
        // What it is found again by is known already.
    }

    @Override
    public CommitStatus look(Server server, Connection another, Deadline deadline) throws SQLException {
        Duration left = deadline.remaining();
        Duration wait = left.compareTo(PATIENCE) < 0 ? left.plusNanos(1) : PATIENCE;
        return Fence.insertAgain(server, another, sql, Timeouts.none().withLock(wait));
    }
}
