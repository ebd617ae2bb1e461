package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(Database.MYSQL)
class MySqlBatchAfterDeadlockTest extends BatchAfterDeadlockTest {
    MySqlBatchAfterDeadlockTest(TestDatabase db) throws SQLException {
        super(db);
    }
}
