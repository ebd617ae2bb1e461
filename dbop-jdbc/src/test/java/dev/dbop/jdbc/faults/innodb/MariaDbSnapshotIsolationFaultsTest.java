package dev.dbop.jdbc.faults.innodb;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

@RealDatabase(value = Database.MARIADB, options = "innodb-snapshot-isolation=ON")
class MariaDbSnapshotIsolationFaultsTest {
    @Nested
    class Snapshots extends SnapshotIsolationFaultsTest {
        Snapshots(TestDatabase db) throws SQLException {
            super(db);
        }
    }
}
