package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.OWN)
class MySqlNestedStopTest extends NestedStopTest {
    MySqlNestedStopTest(TestDatabase db) {
        super(db);
    }
}
