package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlAttemptScopeContractTest extends VertxAttemptScopeContract {
    PostgreSqlAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
