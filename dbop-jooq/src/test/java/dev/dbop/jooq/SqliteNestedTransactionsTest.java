package dev.dbop.jooq;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class SqliteNestedTransactionsTest extends NestedTransactionsTest {
    SqliteNestedTransactionsTest(TestDatabase db) {
        super(db);
    }
}
