package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class VertxRowWatchOnMySqlTest extends VertxRowWatchTest {
    VertxRowWatchOnMySqlTest(TestDatabase db) {
        super(db);
    }
}
