package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbCreateDatabaseTest extends CreateDatabaseTest {
    MariaDbCreateDatabaseTest(TestDatabase db) {
        super(db);
    }
}
