package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
class MySqlByMariaDbConnectorEndedTransactionTest extends InnoDbEndedTransactionTest {
    MySqlByMariaDbConnectorEndedTransactionTest(TestDatabase db) {
        super(db);
    }
}
