package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlAutocommitScopeTest extends AutocommitScopeTest {
    PostgreSqlAutocommitScopeTest(TestDatabase db) throws SQLException {
        super(db);
    }
}
