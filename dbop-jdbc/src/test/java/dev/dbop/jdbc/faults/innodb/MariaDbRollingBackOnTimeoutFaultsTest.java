package dev.dbop.jdbc.faults.innodb;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

@RealDatabase(value = Database.MARIADB, options = "innodb-rollback-on-timeout=ON")
class MariaDbRollingBackOnTimeoutFaultsTest {
    @Nested
    class LockWaits extends LockWaitFaultsTest {
        LockWaits(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class LockWaitsOfNoTime extends MariaDbLockWaitFaultsTest {
        LockWaitsOfNoTime(TestDatabase db) throws SQLException {
            super(db);
        }
    }
}
