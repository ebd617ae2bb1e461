package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlTokenRowTest extends CommitProbesTest {
    MySqlTokenRowTest(TestDatabase database) {
        super(database, VertxCommitProbe.tokenRow(TOKENS));
    }
}
