package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class VertxDsnOnMySqlTest extends VertxDsnOnServerTest {
    VertxDsnOnMySqlTest(TestDatabase db) {
        super(db, "mysql://h/?ssl-mode=DISABLED&allowPublicKeyRetrieval=true");
    }
}
