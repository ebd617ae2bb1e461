package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbAsyncAttemptScopeContractTest extends JooqAsyncAttemptScopeContract {
    MariaDbAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
