package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
final class MySqlByMariaDbConnectorAttemptScopeContractTest extends HibernateAttemptScopeContract {
    MySqlByMariaDbConnectorAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
