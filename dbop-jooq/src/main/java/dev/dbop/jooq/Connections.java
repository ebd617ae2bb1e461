package dev.dbop.jooq;

import dev.dbop.jdbc.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.NoConnectionProvider;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a jOOQ configuration, as a source for JDBC scopes.
 *
 * @param provider where they come from
 * @param identity what stands for the databases behind them
 */
record Connections(ConnectionProvider provider, Object identity) implements ConnectionSource {
    static ConnectionSource of(Configuration configuration) {
        ConnectionProvider provider = providerOf(configuration);
        return provider instanceof DataSourceConnectionProvider pool
                ? ConnectionSource.of(pool.dataSource())
                : new Connections(provider, provider);
    }

    /** The connections inside a transaction, which lead where those outside do. */
    static ConnectionSource within(ConnectionProvider transaction, ConnectionSource outside) {
        return new Connections(transaction, outside.identity());
    }

    /** The connection of a configuration that has no other: the caller's, or that of jOOQ's transaction; or null. */
    static @Nullable Connection onlyOne(Configuration configuration) {
        ConnectionProvider provider = providerOf(configuration);
        if (!(provider instanceof DefaultConnectionProvider only)) {
            return null;
        }
        Connection connection = only.acquire();
        if (connection == null) {
            throw none("a provider without a connection");
        }
        return connection;
    }

    /** Refuses the configuration of jOOQ's own transaction, also while nothing has been done in it. */
    static void refuseInTransaction(Configuration configuration) {
        if (configuration.data().values().stream().anyMatch(DefaultConnectionProvider.class::isInstance)) {
            throw new IllegalStateException(
                    "the configuration is that of a transaction of jOOQ's: a transaction scope begins and commits its own,"
                            + " which the other could not undo; use JooqScope.savepoint or JooqScope.join");
        }
    }

    private static ConnectionProvider providerOf(Configuration configuration) {
        ConnectionProvider provider = configuration.connectionProvider();
        if (provider instanceof NoConnectionProvider) {
            throw none("none");
        }
        return provider;
    }

    private static IllegalArgumentException none(String value) {
        return new IllegalArgumentException(
                "connectionProvider is " + value + ": an attempt runs on a JDBC connection, which a"
                        + " dialect alone and an R2DBC ConnectionFactory do not give; use DSL.using(dataSource, dialect)");
    }

    @Override
    public Connection acquire() throws SQLException {
        Connection connection;
        try {
            connection = provider.acquire();
        } catch (DataAccessException failure) {
            throw asSqlException(failure);
        }
        if (connection == null) {
            throw new IllegalStateException(
                    "the connection provider " + provider + " gave null: an attempt runs on a JDBC"
                            + " connection; if it gives those bound to the current thread, begin the transaction first");
        }
        return connection;
    }

    @Override
    public void release(Connection connection) throws SQLException {
        try {
            provider.release(connection);
        } catch (DataAccessException failure) {
            throw asSqlException(failure);
        }
    }

    private static SQLException asSqlException(DataAccessException failure) {
        SQLException cause = failure.getCause(SQLException.class);
        return cause != null ? cause : new SQLException(failure.getMessage(), failure);
    }
}
