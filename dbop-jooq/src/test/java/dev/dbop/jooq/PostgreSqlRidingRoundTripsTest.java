package dev.dbop.jooq;

import dev.dbop.AttemptScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlRidingRoundTripsTest extends RoundTripsTest {
    PostgreSqlRidingRoundTripsTest(TestDatabase db) throws SQLException {
        super(db, "", new Budget(2, 2, 2, 2, 2, 2));
    }

    @Override
    AttemptScope<DSLContext, DataAccessException> scope(AttemptScope<DSLContext, DataAccessException> scope) {
        return JooqScope.ridingPrologue(scope);
    }
}
