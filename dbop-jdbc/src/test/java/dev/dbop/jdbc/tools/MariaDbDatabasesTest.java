package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(Database.MARIADB)
class MariaDbDatabasesTest extends InnoDbDatabasesTest {
    MariaDbDatabasesTest(TestDatabase db) throws SQLException {
        super(db);
    }
}
