package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
class MySqlByMariaDbConnectorNestedTransactionsTest extends InnoDbNestedTransactionsTest {
    MySqlByMariaDbConnectorNestedTransactionsTest(TestDatabase db) {
        super(db);
    }
}
