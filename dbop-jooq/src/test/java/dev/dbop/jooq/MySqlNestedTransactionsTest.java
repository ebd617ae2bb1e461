package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlNestedTransactionsTest extends InnoDbNestedTransactionsTest {
    MySqlNestedTransactionsTest(TestDatabase db) {
        super(db);
    }
}
