package dev.dbop.hibernate;

import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlXactStatusCommitProbesTest extends HibernateCommitProbesTest {
    PostgreSqlXactStatusCommitProbesTest(TestDatabase db) {
        super(db, JdbcCommitProbe.pgXactStatus());
    }
}
