package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlClassifierContractTest extends JooqClassifierContract {
    MySqlClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
