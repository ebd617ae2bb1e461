package dev.dbop.examples.demo;

import dev.dbop.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Tries once. */
record PlainTeller(DataSource source, Lane lane) implements Teller {

    @Override
    public void transfer(Transfer transfer) throws SQLException {
        Phase phase = Phase.OPEN;
        lane.began();
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            phase = Phase.OPERATION;
            Bank.book(connection, transfer);
            Bank.move(connection, transfer);
            phase = Phase.COMMIT;
            connection.commit();
            lane.succeeded();
        } catch (SQLException failure) {
            lane.failed(failure, phase);
            throw failure;
        }
    }
}
