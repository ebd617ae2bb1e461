package dev.dbop.jdbc.connect;

import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class DsnOnMariaDbTest extends DsnOnServerTest {
    DsnOnMariaDbTest(TestDatabase db) {
        super(db, JdbcDriver.MARIADB, "&ssl-mode=DISABLED");
    }
}
