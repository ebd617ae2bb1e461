package dev.dbop.jdbc.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Kills MariaDB with a branch that is prepared. */
class MariaDbBranchCrashTest extends ServerCrashTest {
    MariaDbBranchCrashTest(@RealDatabase(Database.POSTGRESQL) TestDatabase steady) {
        super(steady, false, Database.MARIADB);
    }
}
