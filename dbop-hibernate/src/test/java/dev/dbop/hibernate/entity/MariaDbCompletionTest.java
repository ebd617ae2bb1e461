package dev.dbop.hibernate.entity;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbCompletionTest extends CompletionTest {
    MariaDbCompletionTest(TestDatabase db) {
        super(db);
    }
}
