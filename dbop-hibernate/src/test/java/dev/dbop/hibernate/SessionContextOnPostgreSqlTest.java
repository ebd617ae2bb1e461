package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class SessionContextOnPostgreSqlTest extends SessionContextContract {
    SessionContextOnPostgreSqlTest(TestDatabase database) {
        super(database);
    }
}
