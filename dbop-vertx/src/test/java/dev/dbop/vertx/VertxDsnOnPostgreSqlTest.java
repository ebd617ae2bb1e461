package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
class VertxDsnOnPostgreSqlTest extends VertxDsnOnServerTest {
    VertxDsnOnPostgreSqlTest(TestDatabase db) {
        super(db, "postgresql://h/?sslmode=disable&gssencmode=disable&application_name=dsn");
    }
}
