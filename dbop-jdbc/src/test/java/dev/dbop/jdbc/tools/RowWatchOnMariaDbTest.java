package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MARIADB, pooled = true)
class RowWatchOnMariaDbTest extends RowWatchOnInnoDbTest {
    RowWatchOnMariaDbTest(TestDatabase db) {
        super(db);
    }
}
