package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class MySqlAndPostgreSqlTest extends TwoPhaseTest {
    MySqlAndPostgreSqlTest(
            @RealDatabase(Database.MYSQL) TestDatabase first, @RealDatabase(Database.POSTGRESQL) TestDatabase second) {
        super(first, second);
    }
}
