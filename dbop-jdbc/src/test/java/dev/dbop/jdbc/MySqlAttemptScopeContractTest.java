package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlAttemptScopeContractTest extends JdbcAttemptScopeContract {
    MySqlAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
