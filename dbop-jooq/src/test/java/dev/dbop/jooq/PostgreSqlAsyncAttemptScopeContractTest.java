package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlAsyncAttemptScopeContractTest extends JooqAsyncAttemptScopeContract {
    PostgreSqlAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
