package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlRoundTripsTest extends HibernateRoundTripsTest {
    PostgreSqlRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(2, 3, 3, 3, 3, 3));
    }
}
