package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class MariaDbAndMySqlTwoPhaseTest extends VertxTwoPhaseTest {
    MariaDbAndMySqlTwoPhaseTest(
            @RealDatabase(Database.MARIADB) TestDatabase first, @RealDatabase(Database.MYSQL) TestDatabase second) {
        super(first, second);
    }
}
