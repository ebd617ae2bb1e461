package dev.dbop.examples.customscope;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import org.junit.jupiter.api.Tag;

@RealDatabase(Database.MARIADB)
@Tag("one-jdk")
final class MariaDbSpringScopeContractTest extends SpringScopeContract {
    MariaDbSpringScopeContractTest(TestDatabase database) {
        super(database);
    }
}
