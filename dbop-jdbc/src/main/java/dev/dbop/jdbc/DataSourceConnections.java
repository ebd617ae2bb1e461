package dev.dbop.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A data source's connections, which go back by being closed. */
record DataSourceConnections(DataSource source) implements ConnectionSource {
    @Override
    public Connection acquire() throws SQLException {
        return source.getConnection();
    }

    @Override
    public void release(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    public Object identity() {
        return source;
    }
}
