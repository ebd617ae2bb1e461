package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What differs between the servers. A monitor is an administrator's connection in autocommit mode. */
interface Dialect {

    static Dialect of(Database database) {
        return switch (database) {
            case POSTGRESQL, COCKROACHDB, YUGABYTEDB -> new PostgreSqlDialect();
            case MYSQL, TIDB -> new MySqlDialect(false);
            case MARIADB -> new MySqlDialect(true);
            case SQLITE -> throw new IllegalArgumentException("SQLITE has no server to speak to");
        };
    }

    void createDatabase(Connection monitor, String name) throws SQLException;

    /** Drops the database with all that is in its way: sessions first. */
    void dropDatabase(Connection monitor, String name) throws SQLException;

    void createPlainUser(Connection monitor, Credentials login, String database) throws SQLException;

    /** The sessions on a database other than the monitor's own. */
    List<ServerSession> sessions(Connection monitor, String database) throws SQLException;

    void kill(Connection monitor, long session) throws SQLException;

    void cancel(Connection monitor, long session) throws SQLException;

    List<String> preparedTransactions(Connection monitor, String database) throws SQLException;

    /** Run on a connection to the database of the prepared transaction. */
    void rollbackPrepared(Connection connection, String transaction) throws SQLException;

    /** Without a round trip that could open a transaction. */
    long sessionId(Connection connection) throws SQLException;

    SessionState stateOf(Connection monitor, Connection connection) throws SQLException;

    /** One row of a result as a value. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Runs a query and reads every row. */
    static <T> List<T> query(Connection connection, RowReader<T> reader, String sql, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            return rows;
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
