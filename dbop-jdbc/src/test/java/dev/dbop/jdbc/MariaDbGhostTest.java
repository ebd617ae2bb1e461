package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.Driver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MARIADB, driver = Driver.OWN)
class MariaDbGhostTest extends GhostTest {
    MariaDbGhostTest(TestDatabase db) {
        super(db);
    }
}
