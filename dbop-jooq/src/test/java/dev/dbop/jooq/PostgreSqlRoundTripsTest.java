package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlRoundTripsTest extends RoundTripsTest {
    PostgreSqlRoundTripsTest(TestDatabase db) throws SQLException {
        super(db, "", new Budget(2, 3, 3, 3, 3, 3));
    }
}
