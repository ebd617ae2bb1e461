package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbNestedStopTest extends NestedStopTest {
    MariaDbNestedStopTest(TestDatabase db) {
        super(db);
    }
}
