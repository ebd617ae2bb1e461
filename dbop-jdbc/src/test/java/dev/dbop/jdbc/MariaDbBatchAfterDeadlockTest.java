package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(Database.MARIADB)
class MariaDbBatchAfterDeadlockTest extends BatchAfterDeadlockTest {
    MariaDbBatchAfterDeadlockTest(TestDatabase db) throws SQLException {
        super(db);
    }
}
