package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(value = Database.MARIADB, driver = ClientDriver.OWN)
class MariaDbRoundTripsTest extends RoundTripsTest {
    MariaDbRoundTripsTest(TestDatabase db) throws SQLException {
        super(db, "", new Budget(3, 3, 3, 3, 3, 3));
    }
}
