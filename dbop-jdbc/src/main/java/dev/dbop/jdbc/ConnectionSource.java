package dev.dbop.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Where connections come from and go back to, for clients and frameworks that have something else than a {@link DataSource}:
 * jOOQ's and Hibernate's connection providers, or the connection bound to the current thread. Thread-safe if the scope made
 * of it is shared by threads.
 */
public interface ConnectionSource {
    /**
     * Gives a connection. May block, as a pool does.
     *
     * @return never null; given back by exactly one {@link #release}
     * @throws SQLException if there is none to be had
     */
    Connection acquire() throws SQLException;

    /**
     * Takes a connection back. One that was cut, because nobody knows what became of it, is given back like any other.
     *
     * @param connection from {@link #acquire}
     * @throws SQLException if the connection cannot be given back; it counts as gone then
     */
    void release(Connection connection) throws SQLException;

    /**
     * Returns what stands for the databases behind this source, so that what was learnt about them is remembered although
     * the source itself is made anew for each call.
     *
     * @return compared by {@code equals} and held weakly; the source itself unless overridden
     */
    default Object identity() {
        return this;
    }

    /**
     * Returns a data source as a connection source: a connection is given back by closing it.
     *
     * @param source the data source
     * @return the view of it
     */
    static ConnectionSource of(DataSource source) {
        return new DataSourceConnections(Objects.requireNonNull(source, "source"));
    }
}
