package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
final class MySqlByMariaDbConnectorRoundTripsTest extends HibernateRoundTripsTest {
    MySqlByMariaDbConnectorRoundTripsTest(TestDatabase db) {
        super(db, "", new Budget(3, 3, 3, 3, 3, 3));
    }
}
