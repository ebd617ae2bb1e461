package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MARIADB, driver = ClientDriver.OWN)
class MariaDbRoundTripsTest extends RoundTripsTest {
    MariaDbRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(3, 3, 3, 3, 3, 3));
    }
}
