package dev.dbop.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements of ours that must commit at once, on a connection whose pool may have switched autocommit off. */
final class OutsideTransaction {
    private OutsideTransaction() {}

    /** What is to be done. */
    @FunctionalInterface
    interface Step<T> {
        T run() throws SQLException;
    }

    /** Runs with autocommit on; puts it back as it was. */
    static <T> T run(Connection connection, Step<T> step) throws SQLException {
        if (connection.getAutoCommit()) {
            return step.run();
        }
        connection.setAutoCommit(true);
        try {
            return step.run();
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(false);
            }
        }
    }
}
