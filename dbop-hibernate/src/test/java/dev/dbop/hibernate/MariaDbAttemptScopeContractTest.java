package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbAttemptScopeContractTest extends HibernateAttemptScopeContract {
    MariaDbAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }
}
