package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlClassifierContractTest extends JooqClassifierContract {
    PostgreSqlClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
