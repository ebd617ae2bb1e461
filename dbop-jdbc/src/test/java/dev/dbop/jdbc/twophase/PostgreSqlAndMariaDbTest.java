package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class PostgreSqlAndMariaDbTest extends TwoPhaseTest {
    PostgreSqlAndMariaDbTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(Database.MARIADB) TestDatabase second) {
        super(first, second);
    }
}
