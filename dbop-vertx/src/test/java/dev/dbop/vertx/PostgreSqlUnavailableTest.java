package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlUnavailableTest extends UnavailableTest {
    PostgreSqlUnavailableTest(TestDatabase database) {
        super(database);
    }
}
