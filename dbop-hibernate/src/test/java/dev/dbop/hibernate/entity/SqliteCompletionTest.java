package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteCompletionTest extends CompletionTest {
    SqliteCompletionTest(TestDatabase db) {
        super(db);
    }
}
