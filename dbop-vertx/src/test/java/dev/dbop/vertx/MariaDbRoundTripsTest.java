package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbRoundTripsTest extends RoundTripsTest {
    MariaDbRoundTripsTest(TestDatabase database) {
        super(database, 8, 0);
    }
}
