package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.OWN)
class MySqlRoundTripsTest extends RoundTripsTest {
    MySqlRoundTripsTest(TestDatabase db) throws SQLException {
        super(db, "", new Budget(3, 4, 4, 5, 3, 5));
    }
}
