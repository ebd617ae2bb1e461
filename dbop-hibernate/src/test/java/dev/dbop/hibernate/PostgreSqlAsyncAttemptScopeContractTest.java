package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlAsyncAttemptScopeContractTest extends HibernateAsyncAttemptScopeContract {
    PostgreSqlAsyncAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
