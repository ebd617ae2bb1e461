package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlEndedTransactionTest extends EndedTransactionTest {
    MySqlEndedTransactionTest(TestDatabase database) {
        super(database);
    }
}
