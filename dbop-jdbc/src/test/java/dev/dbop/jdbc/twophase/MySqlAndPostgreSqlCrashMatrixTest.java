package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills coordinators over MySQL and PostgreSQL. */
class MySqlAndPostgreSqlCrashMatrixTest extends CrashMatrixTest {
    MySqlAndPostgreSqlCrashMatrixTest(
            @RealDatabase(Database.MYSQL) TestDatabase first, @RealDatabase(Database.POSTGRESQL) TestDatabase second) {
        super(first, second);
    }
}
