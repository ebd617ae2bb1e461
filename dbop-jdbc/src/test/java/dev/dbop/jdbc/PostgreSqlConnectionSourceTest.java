package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlConnectionSourceTest extends ConnectionSourceTest {
    PostgreSqlConnectionSourceTest(TestDatabase db) {
        super(db);
    }
}
