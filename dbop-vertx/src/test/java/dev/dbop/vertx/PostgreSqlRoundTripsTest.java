package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlRoundTripsTest extends RoundTripsTest {
    PostgreSqlRoundTripsTest(TestDatabase database) {
        super(database, 256, 0);
    }
}
