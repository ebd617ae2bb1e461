package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.SQLITE, pooled = true)
class SqlitePooledConnectionsTest extends PooledConnectionsTest {
    SqlitePooledConnectionsTest(TestDatabase db) {
        super(db);
    }
}
