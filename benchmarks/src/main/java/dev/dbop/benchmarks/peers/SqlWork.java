package dev.dbop.benchmarks.peers;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done in a transaction.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface SqlWork<T> {
    /**
     * Does it.
     *
     * @param connection with a transaction open
     * @return the result
     * @throws SQLException if the database fails
     */
    T run(Connection connection) throws SQLException;
}
