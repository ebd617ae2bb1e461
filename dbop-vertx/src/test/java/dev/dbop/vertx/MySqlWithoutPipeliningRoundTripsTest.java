package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** As the client comes: it waits for each answer. */
@RealDatabase(Database.MYSQL)
final class MySqlWithoutPipeliningRoundTripsTest extends RoundTripsTest {
    MySqlWithoutPipeliningRoundTripsTest(TestDatabase database) {
        super(database, 1, 1);
    }
}
