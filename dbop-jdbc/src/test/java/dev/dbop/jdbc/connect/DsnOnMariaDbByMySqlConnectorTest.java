package dev.dbop.jdbc.connect;

import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class DsnOnMariaDbByMySqlConnectorTest extends DsnOnServerTest {
    DsnOnMariaDbByMySqlConnectorTest(TestDatabase db) {
        super(db, JdbcDriver.MYSQL, "&ssl-mode=DISABLED");
    }
}
