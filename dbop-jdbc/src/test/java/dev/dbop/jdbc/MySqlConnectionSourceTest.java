package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlConnectionSourceTest extends ConnectionSourceTest {
    MySqlConnectionSourceTest(TestDatabase db) {
        super(db);
    }
}
