package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlRoundTripsTest extends RoundTripsTest {
    MySqlRoundTripsTest(TestDatabase database) {
        super(database, 8, 0);
    }
}
