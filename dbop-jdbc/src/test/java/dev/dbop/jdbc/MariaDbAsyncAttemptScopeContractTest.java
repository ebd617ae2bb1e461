package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbAsyncAttemptScopeContractTest extends JdbcAsyncAttemptScopeContract {
    MariaDbAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
