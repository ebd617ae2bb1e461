package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.POSTGRESQL, pooled = true)
class PostgreSqlPooledConnectionsTest extends PooledConnectionsTest {
    PostgreSqlPooledConnectionsTest(TestDatabase db) {
        super(db);
    }
}
