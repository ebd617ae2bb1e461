package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
class MySqlByMariaDbConnectorBatchAfterDeadlockTest extends BatchAfterDeadlockTest {
    MySqlByMariaDbConnectorBatchAfterDeadlockTest(TestDatabase db) throws SQLException {
        super(db);
    }
}
