package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbNestedTransactionsTest extends InnoDbNestedTransactionsTest {
    MariaDbNestedTransactionsTest(TestDatabase db) {
        super(db);
    }
}
