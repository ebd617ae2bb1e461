package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbRoundTripsTest extends HibernateRoundTripsTest {
    MariaDbRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(3, 3, 3, 3, 3, 3));
    }
}
