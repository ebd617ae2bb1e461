package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlEntitiesTest extends EntitiesTest {
    MySqlEntitiesTest(TestDatabase db) {
        super(db);
    }
}
