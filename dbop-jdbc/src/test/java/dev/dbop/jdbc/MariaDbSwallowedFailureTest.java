package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;

@RealDatabase(value = Database.MARIADB, pooled = true)
class MariaDbSwallowedFailureTest extends SwallowedFailureTest {
    MariaDbSwallowedFailureTest(TestDatabase db) {
        super(db);
    }

    @Override
    void fail(Connection connection) throws SQLException {
        deadlock(connection);
    }
}
