package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills coordinators over PostgreSQL and MariaDB. */
class PostgreSqlAndMariaDbCrashMatrixTest extends CrashMatrixTest {
    PostgreSqlAndMariaDbCrashMatrixTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(Database.MARIADB) TestDatabase second) {
        super(first, second);
    }
}
