package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlLostConnectionTest extends LostConnectionTest {
    MySqlLostConnectionTest(TestDatabase database) {
        super(database);
    }
}
