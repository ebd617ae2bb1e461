package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class ManyToManyOnMySqlTest extends ManyToManyContract {
    ManyToManyOnMySqlTest(TestDatabase database) {
        super(database);
    }
}
