package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteAttemptScopeContractTest extends JooqAttemptScopeContract {
    SqliteAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
