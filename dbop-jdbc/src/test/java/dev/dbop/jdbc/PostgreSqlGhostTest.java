package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.Driver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.POSTGRESQL, driver = Driver.OWN)
class PostgreSqlGhostTest extends GhostTest {
    PostgreSqlGhostTest(TestDatabase db) {
        super(db);
    }
}
