package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.MYSQL, options = "innodb_rollback_on_timeout=ON")
final class MySqlRollingBackOnLockWaitTest extends LockWaitTest {
    MySqlRollingBackOnLockWaitTest(TestDatabase database) {
        super(database, true);
    }
}
