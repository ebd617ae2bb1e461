package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
class MySqlByMariaDbConnectorClassifierContractTest extends JooqClassifierContract {
    MySqlByMariaDbConnectorClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
