package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbRunnerTest extends VertxRunnerTest {
    MariaDbRunnerTest(TestDatabase database) {
        super(database);
    }
}
