package dev.dbop.examples.customscope;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import org.junit.jupiter.api.Tag;

@RealDatabase(Database.POSTGRESQL)
@Tag("one-jdk")
final class PostgreSqlSpringScopeContractTest extends SpringScopeContract {
    PostgreSqlSpringScopeContractTest(TestDatabase database) {
        super(database);
    }
}
