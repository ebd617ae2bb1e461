package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbAttemptScopeContractTest extends JooqAttemptScopeContract {
    MariaDbAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
