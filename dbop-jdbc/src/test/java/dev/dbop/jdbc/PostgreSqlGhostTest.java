package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlGhostTest extends GhostTest {
    PostgreSqlGhostTest(TestDatabase db) {
        super(db);
    }
}
