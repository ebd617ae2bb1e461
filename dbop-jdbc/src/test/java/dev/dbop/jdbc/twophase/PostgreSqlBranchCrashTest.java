package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills PostgreSQL with a branch that is prepared. */
class PostgreSqlBranchCrashTest extends ServerCrashTest {
    PostgreSqlBranchCrashTest(@RealDatabase(Database.POSTGRESQL) TestDatabase steady) {
        super(steady, false, Database.POSTGRESQL, "fsync=on");
    }
}
