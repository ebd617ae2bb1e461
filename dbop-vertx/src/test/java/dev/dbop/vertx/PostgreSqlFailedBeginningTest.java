package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlFailedBeginningTest extends FailedBeginningTest {
    PostgreSqlFailedBeginningTest(TestDatabase database) {
        super(database);
    }
}
