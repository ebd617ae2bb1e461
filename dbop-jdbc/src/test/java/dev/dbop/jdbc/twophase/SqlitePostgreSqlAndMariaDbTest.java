package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class SqlitePostgreSqlAndMariaDbTest extends TwoPhaseTest {
    SqlitePostgreSqlAndMariaDbTest(
            @RealDatabase(Database.SQLITE) TestDatabase first,
            @RealDatabase(Database.POSTGRESQL) TestDatabase second,
            @RealDatabase(Database.MARIADB) TestDatabase third) {
        super(first, second, third);
    }
}
