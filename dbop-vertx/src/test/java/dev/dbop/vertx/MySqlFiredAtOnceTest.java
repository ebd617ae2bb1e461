package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlFiredAtOnceTest extends FiredAtOnceTest {
    MySqlFiredAtOnceTest(TestDatabase database) {
        super(database);
    }
}
