package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlRoundTripsTest extends HibernateRoundTripsTest {
    MySqlRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(3, 4, 4, 5, 3, 5));
    }
}
