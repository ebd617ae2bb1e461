package dev.dbop.jdbc.guide;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

/** Where timeouts outlive the transaction, and a deadlock takes the savepoints with it. */
@RealDatabase(Database.MARIADB)
final class CustomScopeOnMariaDbContractTest extends CustomScopeContractTest {
    CustomScopeOnMariaDbContractTest(TestDatabase database) {
        super(database);
    }
}
