package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlTransactionTest extends TransactionTest {
    MySqlTransactionTest(TestDatabase db) {
        super(db);
    }
}
