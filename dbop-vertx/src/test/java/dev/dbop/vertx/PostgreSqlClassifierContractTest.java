package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlClassifierContractTest extends VertxClassifierContract {
    PostgreSqlClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
