package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MARIADB, driver = ClientDriver.OWN)
class MariaDbBlackHoleTest extends BlackHoleTest {
    MariaDbBlackHoleTest(TestDatabase db) {
        super(db, "&connectTimeout=2000");
    }
}
