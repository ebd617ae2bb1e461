package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;

@RealDatabase(Database.SQLITE)
final class SqliteTestDatabaseTest extends TestDatabaseContract {

    @Override
    void changeTimeout(Connection connection) throws SQLException {
        Dialect.execute(connection, "pragma busy_timeout = 1234");
    }

    @Override
    void makeReadOnly(Connection connection) throws SQLException {
        Dialect.execute(connection, "pragma query_only = 1");
    }
}
