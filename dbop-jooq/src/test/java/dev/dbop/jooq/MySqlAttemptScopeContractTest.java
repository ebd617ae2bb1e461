package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlAttemptScopeContractTest extends JooqAttemptScopeContract {
    MySqlAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
