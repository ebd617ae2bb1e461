package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlSessionContextTest extends SessionContextTest {
    PostgreSqlSessionContextTest(TestDatabase db) {
        super(db);
    }
}
