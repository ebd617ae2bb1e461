package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
final class ManyToManyOnSqliteTest extends ManyToManyContract {
    ManyToManyOnSqliteTest(TestDatabase database) {
        super(database);
    }
}
