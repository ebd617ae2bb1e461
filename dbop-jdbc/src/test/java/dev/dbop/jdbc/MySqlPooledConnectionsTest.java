package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, pooled = true)
class MySqlPooledConnectionsTest extends PooledConnectionsTest {
    MySqlPooledConnectionsTest(TestDatabase db) {
        super(db);
    }
}
