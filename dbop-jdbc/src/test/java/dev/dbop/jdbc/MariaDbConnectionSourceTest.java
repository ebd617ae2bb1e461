package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbConnectionSourceTest extends ConnectionSourceTest {
    MariaDbConnectionSourceTest(TestDatabase db) {
        super(db);
    }
}
