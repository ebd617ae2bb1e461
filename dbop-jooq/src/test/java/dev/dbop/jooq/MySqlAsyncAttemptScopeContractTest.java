package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlAsyncAttemptScopeContractTest extends JooqAsyncAttemptScopeContract {
    MySqlAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
