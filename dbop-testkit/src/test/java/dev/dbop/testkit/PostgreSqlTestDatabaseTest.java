package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlTestDatabaseTest extends ServerDatabaseContract {

    @Override
    void changeTimeout(Connection connection) throws SQLException {
        Dialect.execute(connection, "set lock_timeout = '3s'");
    }

    @Override
    void makeReadOnly(Connection connection) throws SQLException {
        Dialect.execute(connection, "set default_transaction_read_only = on");
    }
}
