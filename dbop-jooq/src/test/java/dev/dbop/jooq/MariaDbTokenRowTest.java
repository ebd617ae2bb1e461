package dev.dbop.jooq;

import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
class MariaDbTokenRowTest extends CommitProbesTest {
    MariaDbTokenRowTest(TestDatabase db) {
        super(db, JdbcCommitProbe.tokenRow(TOKENS));
    }
}
