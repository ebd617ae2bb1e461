package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlEntitiesTest extends EntitiesTest {
    PostgreSqlEntitiesTest(TestDatabase db) {
        super(db);
    }
}
