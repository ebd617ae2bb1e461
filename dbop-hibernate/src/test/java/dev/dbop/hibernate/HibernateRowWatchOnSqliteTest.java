package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.SQLITE)
class HibernateRowWatchOnSqliteTest extends HibernateRowWatchContract {
    HibernateRowWatchOnSqliteTest(TestDatabase db) {
        super(db);
    }
}
