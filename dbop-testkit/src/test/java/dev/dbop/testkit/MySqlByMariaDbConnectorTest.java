package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
final class MySqlByMariaDbConnectorTest extends ServerDatabaseContract {

    @Override
    void changeTimeout(Connection connection) throws SQLException {
        Dialect.execute(connection, "set innodb_lock_wait_timeout = 3");
    }

    @Override
    void makeReadOnly(Connection connection) throws SQLException {
        Dialect.execute(connection, "set session transaction read only");
    }
}
