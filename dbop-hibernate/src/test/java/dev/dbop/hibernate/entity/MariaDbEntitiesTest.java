package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbEntitiesTest extends EntitiesTest {
    MariaDbEntitiesTest(TestDatabase db) {
        super(db);
    }
}
