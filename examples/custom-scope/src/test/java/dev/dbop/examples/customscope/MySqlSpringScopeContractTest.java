package dev.dbop.examples.customscope;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import org.junit.jupiter.api.Tag;

@RealDatabase(Database.MYSQL)
@Tag("one-jdk")
final class MySqlSpringScopeContractTest extends SpringScopeContract {
    MySqlSpringScopeContractTest(TestDatabase database) {
        super(database);
    }
}
