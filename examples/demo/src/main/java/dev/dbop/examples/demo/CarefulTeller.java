package dev.dbop.examples.demo;

import dev.dbop.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Retries as well as a loop by hand can: always the whole transaction, on a connection taken anew, and only after what
 * the database is known to have undone. Where the answer to COMMIT is lost it stops, and says that it does not know.
 */
record CarefulTeller(DataSource source, Lane lane) implements Teller {
    private static final String CONNECTION_LOST = "08";
    private static final String CONSTRAINT_BROKEN = "23";
    private static final int SQLITE_BUSY = 5;

    /** The server has undone the transaction, and would say so of a COMMIT too: serialization failure, deadlock. */
    private static final Set<String> UNDONE = Set.of("40001", "40P01");

    /** PostgreSQL's lock timeout, and its session ended by an administrator. */
    private static final Set<String> IN_THE_WAY = Set.of("55P03", "57P01");

    /** What has no such SQLSTATE: SQLite's lock, InnoDB's lock timeout, MariaDB's killed session. */
    private static final Set<Integer> IN_THE_WAY_BY_NUMBER = Set.of(SQLITE_BUSY, 1205, 1927);

    @Override
    public void transfer(Transfer transfer) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(transfer);
                return;
            } catch (AnswerLostException unknown) {
                throw unknown;
            } catch (SQLException failure) {
                if (attempt > Patience.MAX_RETRIES || !isTransient(failure)) {
                    throw failure;
                }
                lane.retried();
                Patience.pause(attempt);
            }
        }
    }

    private void attempt(Transfer transfer) throws SQLException {
        Phase phase = Phase.OPEN;
        Connection connection = null;
        lane.began();
        try {
            connection = source.getConnection();
            connection.setAutoCommit(false);
            phase = Phase.OPERATION;
            Bank.book(connection, transfer);
            Bank.move(connection, transfer);
            phase = Phase.COMMIT;
            connection.commit();
            lane.succeeded();
        } catch (SQLException failure) {
            lane.failed(failure, phase);
            rollBack(connection, failure);
            throw phase == Phase.COMMIT && !isRefusal(failure) ? new AnswerLostException(failure) : failure;
        } finally {
            close(connection);
        }
    }

    private static boolean isTransient(SQLException failure) {
        String state = state(failure);
        return UNDONE.contains(state)
                || IN_THE_WAY.contains(state)
                || state.startsWith(CONNECTION_LOST)
                || IN_THE_WAY_BY_NUMBER.contains(failure.getErrorCode());
    }

    /** Whether the server itself has said that it did not commit. */
    private static boolean isRefusal(SQLException failure) {
        String state = state(failure);
        return UNDONE.contains(state) || state.startsWith(CONSTRAINT_BROKEN) || failure.getErrorCode() == SQLITE_BUSY;
    }

    private static String state(SQLException failure) {
        return Objects.requireNonNullElse(failure.getSQLState(), "");
    }

    private static void rollBack(@Nullable Connection connection, SQLException cause) {
        try {
            if (connection != null) {
                connection.rollback();
            }
        } catch (SQLException failure) {
            cause.addSuppressed(failure);
        }
    }

    /** What fails here must not have a transfer repeated that is committed. */
    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException ignored) {
            // the pool drops the connection; what became of the transfer is known by now
        }
    }
}
