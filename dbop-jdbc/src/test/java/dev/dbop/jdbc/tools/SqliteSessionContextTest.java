package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteSessionContextTest extends SessionContextTest {
    SqliteSessionContextTest(TestDatabase db) {
        super(db);
    }
}
