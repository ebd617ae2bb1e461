package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MARIADB, options = "innodb_rollback_on_timeout=ON")
final class MariaDbRollingBackOnLockWaitTest extends LockWaitTest {
    MariaDbRollingBackOnLockWaitTest(TestDatabase database) {
        super(database, true);
    }
}
