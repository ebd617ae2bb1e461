package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.OWN)
class MySqlWithMultiQueriesRoundTripsTest extends RoundTripsTest {
    MySqlWithMultiQueriesRoundTripsTest(TestDatabase db) throws SQLException {
        super(db, "&allowMultiQueries=true", new Budget(3, 3, 3, 3, 3, 3));
    }
}
