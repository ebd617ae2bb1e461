package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlWithMultiQueriesRoundTripsTest extends HibernateRoundTripsTest {
    MySqlWithMultiQueriesRoundTripsTest(TestDatabase db) {
        super(db, "&allowMultiQueries=true", new Budget(3, 3, 3, 3, 3, 3));
    }
}
