package dev.dbop.jooq;

import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlXactStatusTest extends CommitProbesTest {
    PostgreSqlXactStatusTest(TestDatabase db) {
        super(db, JdbcCommitProbe.pgXactStatus());
    }
}
