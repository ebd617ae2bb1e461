package dev.dbop.jdbc.guide;

// snippet: scope
import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcTimeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import javax.sql.DataSource;

/** A scope of one's own: each attempt a transaction of plain JDBC, on a connection of its own. */
final class CustomScope implements AttemptScope<Connection, SQLException> {
    private final DataSource source;

    CustomScope(DataSource source) {
        this.source = source;
    }

    @Override
    public Reach reach() {
        return Reach.CONNECTION; // every attempt takes a new connection, so even a lost one can be made good
    }

    @Override
    public Classifier classifier() {
        return JdbcClassifier.standard();
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        if (context.readOnly() || context.isolation() != null) {
            throw new IllegalStateException("read-only or an isolation level is asked of call \"" + context.name()
                    + "\": CustomScope sets neither; use JdbcScope.transaction");
        }
        Connection connection = source.getConnection();
        try {
            connection.setAutoCommit(false);
            JdbcTimeouts timeouts = JdbcTimeouts.apply(connection, context);
            return new Transaction(connection, timeouts, connection.setSavepoint());
        } catch (SQLException failure) {
            discard(connection, failure); // what was set and what was not is not known
            throw failure;
        }
    }
    // end snippet

    // snippet: discard
    /** Cuts a connection whose state is not known, so that the pool does not hand it to the next borrower. */
    private static void discard(Connection connection, Throwable cause) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException failure) {
            cause.addSuppressed(failure);
        }
    }
    // end snippet

    // snippet: attempt
    private record Transaction(Connection resource, JdbcTimeouts timeouts, Savepoint begun)
            implements Attempt<Connection, SQLException> {
        @Override
        public void beforeCommit() throws SQLException {
            // If the operation swallowed a failure that cost the transaction, the savepoint is gone with it.
            resource.releaseSavepoint(begun);
        }

        @Override
        public void commit() throws SQLException {
            resource.commit();
            try {
                giveBack();
            } catch (SQLException notRestored) {
                discard(resource, notRestored); // the work is durable: that is not a failure of the attempt
            }
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            boolean gone = verdict == Verdict.RETRY_CONNECTION || verdict == Verdict.OUTCOME_UNKNOWN;
            if (!gone) {
                try {
                    resource.rollback();
                    giveBack();
                    return verdict;
                } catch (SQLException failure) {
                    cause.addSuppressed(failure);
                }
            }
            discard(resource, cause);
            return verdict.atLeast(phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION);
        }

        private void giveBack() throws SQLException {
            timeouts.restore();
            resource.setAutoCommit(true);
            resource.close();
        }
    }
    // end snippet
}
