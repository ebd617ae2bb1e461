package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class VertxRowWatchOnMariaDbTest extends VertxRowWatchTest {
    VertxRowWatchOnMariaDbTest(TestDatabase db) {
        super(db);
    }
}
