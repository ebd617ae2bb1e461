package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlTransactionTest extends TransactionTest {
    PostgreSqlTransactionTest(TestDatabase db) {
        super(db);
    }
}
