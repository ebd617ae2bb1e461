package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteHandedOutObjectsTest extends HandedOutObjectsTest {
    SqliteHandedOutObjectsTest(TestDatabase db) {
        super(db);
    }
}
