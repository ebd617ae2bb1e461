package dev.dbop.docs.migration;

import static dev.dbop.docs.migration.Accounts.add;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

// snippet: class
final class LoopBefore implements Transfers {
    private static final int ATTEMPTS = 6;
    private static final Set<String> TRANSIENT = Set.of("40001", "40P01", "57P01", "08003", "08006");

    private final DataSource dataSource;

    LoopBefore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void transfer(int from, int to, int amount) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                transferOnce(from, to, amount);
                return;
            } catch (SQLException failure) {
                if (attempt == ATTEMPTS || !TRANSIENT.contains(failure.getSQLState())) {
                    throw failure;
                }
                pause(attempt);
            }
        }
    }

    private void transferOnce(int from, int to, int amount) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                add(connection, from, -amount);
                add(connection, to, amount);
                connection.commit();
            } catch (SQLException failure) {
                rollback(connection, failure);
                throw failure;
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(true);
                }
            }
        }
    }

    private static void rollback(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException failure) {
            cause.addSuppressed(failure);
        }
    }

    private static void pause(int attempt) throws SQLException {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(100L << (attempt - 1)));
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", interrupt);
        }
    }
}
// end snippet
