package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
final class MySqlByMariaDbConnectorClassifierContractTest extends HibernateClassifierContract {
    MySqlByMariaDbConnectorClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
