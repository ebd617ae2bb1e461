package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlRoundTripsTest extends RoundTripsTest {
    PostgreSqlRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(2, 3, 3, 3, 3, 3));
    }
}
