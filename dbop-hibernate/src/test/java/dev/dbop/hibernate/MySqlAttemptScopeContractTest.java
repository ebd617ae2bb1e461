package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlAttemptScopeContractTest extends HibernateAttemptScopeContract {
    MySqlAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
