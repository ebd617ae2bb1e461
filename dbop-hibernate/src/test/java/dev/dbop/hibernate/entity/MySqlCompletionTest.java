package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlCompletionTest extends CompletionTest {
    MySqlCompletionTest(TestDatabase db) {
        super(db);
    }
}
