package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
final class SqliteAttemptScopeContractTest extends JdbcAttemptScopeContract {
    SqliteAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
