package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteAsyncAttemptScopeContractTest extends JooqAsyncAttemptScopeContract {
    SqliteAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
