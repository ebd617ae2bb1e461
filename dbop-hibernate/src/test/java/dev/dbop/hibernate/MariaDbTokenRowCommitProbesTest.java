package dev.dbop.hibernate;

import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbTokenRowCommitProbesTest extends HibernateCommitProbesTest {
    MariaDbTokenRowCommitProbesTest(TestDatabase db) {
        super(db, JdbcCommitProbe.tokenRow(TOKENS));
    }
}
