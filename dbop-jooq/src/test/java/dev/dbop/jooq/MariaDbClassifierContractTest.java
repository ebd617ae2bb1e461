package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbClassifierContractTest extends JooqClassifierContract {
    MariaDbClassifierContractTest(TestDatabase database) {
        super(database);
    }
}
