package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
final class SqliteAttemptScopeContractTest extends HibernateAttemptScopeContract {
    SqliteAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
