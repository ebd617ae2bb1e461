package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class VertxDsnOnMariaDbTest extends VertxDsnOnServerTest {
    VertxDsnOnMariaDbTest(TestDatabase db) {
        super(db, "mariadb://h/?ssl-mode=DISABLED&connectionCollation=utf8mb4_bin");
    }
}
