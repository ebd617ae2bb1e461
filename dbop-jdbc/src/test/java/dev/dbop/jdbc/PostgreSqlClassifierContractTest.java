package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlClassifierContractTest extends JdbcClassifierContract {
    PostgreSqlClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
