package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MARIADB, pooled = true)
class MariaDbPooledConnectionsTest extends PooledConnectionsTest {
    MariaDbPooledConnectionsTest(TestDatabase db) {
        super(db);
    }
}
