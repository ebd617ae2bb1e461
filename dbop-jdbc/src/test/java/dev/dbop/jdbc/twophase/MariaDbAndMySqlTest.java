package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class MariaDbAndMySqlTest extends TwoPhaseTest {
    MariaDbAndMySqlTest(
            @RealDatabase(Database.MARIADB) TestDatabase first, @RealDatabase(Database.MYSQL) TestDatabase second) {
        super(first, second);
    }
}
