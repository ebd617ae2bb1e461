package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlTokenRowTest extends CommitProbesTest {
    PostgreSqlTokenRowTest(TestDatabase db) {
        super(db, JdbcCommitProbe.tokenRow(TOKENS));
    }
}
