package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills coordinators over two databases of PostgreSQL. */
class PostgreSqlAndPostgreSqlCrashMatrixTest extends CrashMatrixTest {
    PostgreSqlAndPostgreSqlCrashMatrixTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase second) {
        super(first, second);
    }
}
