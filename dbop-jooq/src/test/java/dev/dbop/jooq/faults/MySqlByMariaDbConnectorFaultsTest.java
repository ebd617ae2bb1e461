package dev.dbop.jooq.faults;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
class MySqlByMariaDbConnectorFaultsTest extends InnoDbFaultsTest {
    MySqlByMariaDbConnectorFaultsTest(TestDatabase db) {
        super(db, "-1");
    }
}
