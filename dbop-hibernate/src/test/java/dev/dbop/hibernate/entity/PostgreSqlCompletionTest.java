package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlCompletionTest extends CompletionTest {
    PostgreSqlCompletionTest(TestDatabase db) {
        super(db);
    }
}
