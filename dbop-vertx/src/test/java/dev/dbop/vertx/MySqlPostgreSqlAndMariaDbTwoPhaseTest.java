package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class MySqlPostgreSqlAndMariaDbTwoPhaseTest extends VertxTwoPhaseTest {
    MySqlPostgreSqlAndMariaDbTwoPhaseTest(
            @RealDatabase(Database.MYSQL) TestDatabase first,
            @RealDatabase(Database.POSTGRESQL) TestDatabase second,
            @RealDatabase(Database.MARIADB) TestDatabase third) {
        super(first, second, third);
    }
}
