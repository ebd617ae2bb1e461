package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class PostgreSqlAndPostgreSqlTwoPhaseTest extends VertxTwoPhaseTest {
    PostgreSqlAndPostgreSqlTwoPhaseTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase second) {
        super(first, second);
    }
}
