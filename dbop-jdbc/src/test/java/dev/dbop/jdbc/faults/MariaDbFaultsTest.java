package dev.dbop.jdbc.faults;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

@RealDatabase(Database.MARIADB)
class MariaDbFaultsTest {
    @Nested
    class Deadlocks extends DeadlockFaultsTest {
        Deadlocks(TestDatabase db) throws SQLException {
            super(db);
        }
    }
}
