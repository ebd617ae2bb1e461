package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlAttemptScopeContractTest extends HibernateAttemptScopeContract {
    PostgreSqlAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
