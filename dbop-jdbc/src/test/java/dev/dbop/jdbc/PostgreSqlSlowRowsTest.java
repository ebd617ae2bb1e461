package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.time.Duration;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlSlowRowsTest extends SlowRowsTest {
    PostgreSqlSlowRowsTest(TestDatabase db) {
        super(db, "SELECT 1 FROM generate_series(1, 150) g, pg_sleep(0.2 * sign(g))", Duration.ofSeconds(10));
    }
}
