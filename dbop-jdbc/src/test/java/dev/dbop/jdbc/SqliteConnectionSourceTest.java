package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteConnectionSourceTest extends ConnectionSourceTest {
    SqliteConnectionSourceTest(TestDatabase db) {
        super(db);
    }
}
