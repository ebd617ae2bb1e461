package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
final class SqliteStatelessAttemptScopeContractTest extends StatelessAttemptScopeContract {
    SqliteStatelessAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
