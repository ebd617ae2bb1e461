package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class PostgreSqlAndMariaDbTwoPhaseTest extends VertxTwoPhaseTest {
    PostgreSqlAndMariaDbTwoPhaseTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(Database.MARIADB) TestDatabase second) {
        super(first, second);
    }
}
