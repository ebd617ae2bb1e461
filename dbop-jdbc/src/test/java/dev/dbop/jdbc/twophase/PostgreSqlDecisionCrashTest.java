package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills PostgreSQL with the branch that decides. */
class PostgreSqlDecisionCrashTest extends ServerCrashTest {
    PostgreSqlDecisionCrashTest(@RealDatabase(Database.POSTGRESQL) TestDatabase steady) {
        super(steady, true, Database.POSTGRESQL, "fsync=on");
    }
}
