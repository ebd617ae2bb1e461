package dev.dbop.jdbc.connect;

import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class DsnOnMySqlByMariaDbConnectorTest extends DsnOnServerTest {
    DsnOnMySqlByMariaDbConnectorTest(TestDatabase db) {
        super(db, JdbcDriver.MARIADB, "&ssl-mode=DISABLED&allowPublicKeyRetrieval=true");
    }
}
