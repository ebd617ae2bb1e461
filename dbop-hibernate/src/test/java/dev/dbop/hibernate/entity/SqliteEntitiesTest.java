package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteEntitiesTest extends EntitiesTest {
    SqliteEntitiesTest(TestDatabase db) {
        super(db);
    }
}
