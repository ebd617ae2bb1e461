package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class HibernateRowWatchOnMariaDbTest extends HibernateRowWatchContract {
    HibernateRowWatchOnMariaDbTest(TestDatabase db) {
        super(db);
    }
}
