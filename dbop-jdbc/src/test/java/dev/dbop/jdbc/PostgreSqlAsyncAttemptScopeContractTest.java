package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlAsyncAttemptScopeContractTest extends JdbcAsyncAttemptScopeContract {
    PostgreSqlAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
