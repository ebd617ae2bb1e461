package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlSessionContextTest extends SessionContextTest {
    MySqlSessionContextTest(TestDatabase db) {
        super(db);
    }
}
