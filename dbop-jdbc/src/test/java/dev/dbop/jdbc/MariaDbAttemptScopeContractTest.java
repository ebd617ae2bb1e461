package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbAttemptScopeContractTest extends JdbcAttemptScopeContract {
    MariaDbAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
