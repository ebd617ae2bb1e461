package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
class HibernateRowWatchOnMySqlTest extends HibernateRowWatchContract {
    HibernateRowWatchOnMySqlTest(TestDatabase db) {
        super(db);
    }
}
