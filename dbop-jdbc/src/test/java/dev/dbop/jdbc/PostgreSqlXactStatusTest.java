package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlXactStatusTest extends CommitProbesTest {
    PostgreSqlXactStatusTest(TestDatabase db) {
        super(db, JdbcCommitProbe.pgXactStatus());
    }
}
