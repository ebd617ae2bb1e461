package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, pooled = true)
class RowWatchOnMySqlTest extends RowWatchOnInnoDbTest {
    RowWatchOnMySqlTest(TestDatabase db) {
        super(db);
    }
}
