package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlTokenRowTest extends CommitProbesTest {
    PostgreSqlTokenRowTest(TestDatabase database) {
        super(database, VertxCommitProbe.tokenRow(TOKENS));
    }
}
