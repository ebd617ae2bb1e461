package dev.dbop.hibernate;

import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlTokenRowCommitProbesTest extends HibernateCommitProbesTest {
    MySqlTokenRowCommitProbesTest(TestDatabase db) {
        super(db, JdbcCommitProbe.tokenRow(TOKENS));
    }
}
