package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlAttemptScopeContractTest extends JooqAttemptScopeContract {
    PostgreSqlAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
