package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MARIADB)
final class MariaDbManyCallsTest extends ManyCallsTest {
    MariaDbManyCallsTest(TestDatabase database) {
        super(database, "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213");
    }
}
