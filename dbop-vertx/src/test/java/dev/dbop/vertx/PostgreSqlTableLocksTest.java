package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlTableLocksTest extends TableLocksTest {
    PostgreSqlTableLocksTest(TestDatabase database) {
        super(database);
    }
}
