package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills coordinators over SQLite, PostgreSQL and MariaDB. */
class SqlitePostgreSqlAndMariaDbCrashMatrixTest extends CrashMatrixTest {
    SqlitePostgreSqlAndMariaDbCrashMatrixTest(
            @RealDatabase(Database.SQLITE) TestDatabase first,
            @RealDatabase(Database.POSTGRESQL) TestDatabase second,
            @RealDatabase(Database.MARIADB) TestDatabase third) {
        super(first, second, third);
    }
}
