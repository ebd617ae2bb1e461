package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

class PostgreSqlAndPostgreSqlTest extends TwoPhaseTest {
    PostgreSqlAndPostgreSqlTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase second) {
        super(first, second);
    }
}
