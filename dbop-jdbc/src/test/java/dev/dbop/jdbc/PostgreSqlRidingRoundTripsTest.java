package dev.dbop.jdbc;

import dev.dbop.AttemptScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlRidingRoundTripsTest extends RoundTripsTest {
    PostgreSqlRidingRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(2, 2, 2, 2, 2, 2));
    }

    @Override
    AttemptScope<Connection, SQLException> scope(AttemptScope<Connection, SQLException> scope) {
        return JdbcScope.ridingPrologue(scope);
    }
}
