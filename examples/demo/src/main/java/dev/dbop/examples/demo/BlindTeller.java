package dev.dbop.examples.demo;

import dev.dbop.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import javax.sql.DataSource;

/**
 * Retries as it is often written: whatever the SQLException, the step again from its savepoint, then the whole again on
 * another connection. It asks neither what the database has undone nor what it may have done already.
 */
record BlindTeller(DataSource source, Lane lane) implements Teller {

    @Override
    public void transfer(Transfer transfer) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(transfer);
                return;
            } catch (SQLException failure) {
                if (attempt > Patience.MAX_RETRIES) {
                    throw failure;
                }
                lane.retried();
                Patience.pause(attempt);
            }
        }
    }

    private void attempt(Transfer transfer) throws SQLException {
        Phase phase = Phase.OPEN;
        lane.began();
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            phase = Phase.OPERATION;
            Bank.book(connection, transfer);
            moveInSavepoint(connection, transfer);
            phase = Phase.COMMIT;
            connection.commit();
            lane.succeeded();
        } catch (SQLException failure) {
            lane.failed(failure, phase);
            throw failure;
        }
    }

    private void moveInSavepoint(Connection connection, Transfer transfer) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            Savepoint savepoint = connection.setSavepoint();
            lane.began();
            try {
                Bank.move(connection, transfer);
                connection.releaseSavepoint(savepoint);
                return;
            } catch (SQLException failure) {
                if (attempt > Patience.MAX_RETRIES) {
                    throw failure;
                }
                lane.failed(failure, Phase.OPERATION);
                rollbackTo(savepoint, connection);
                lane.retried();
                Patience.pause(attempt);
            }
        }
    }

    /** Where the lost work begins: a savepoint that no longer exists would have told what the server has undone. */
    private static void rollbackTo(Savepoint savepoint, Connection connection) {
        try {
            connection.rollback(savepoint);
        } catch (SQLException ignored) {
            // "it is only the clean-up"
        }
    }
}
