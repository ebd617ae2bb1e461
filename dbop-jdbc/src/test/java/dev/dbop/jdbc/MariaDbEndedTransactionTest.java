package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbEndedTransactionTest extends InnoDbEndedTransactionTest {
    MariaDbEndedTransactionTest(TestDatabase db) {
        super(db);
    }
}
