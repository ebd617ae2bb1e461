package dev.dbop.jooq.faults;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class MySqlFaultsTest extends InnoDbFaultsTest {
    MySqlFaultsTest(TestDatabase db) {
        super(db, "0");
    }
}
