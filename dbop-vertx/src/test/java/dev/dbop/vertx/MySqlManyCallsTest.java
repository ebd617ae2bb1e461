package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.MYSQL)
final class MySqlManyCallsTest extends ManyCallsTest {
    MySqlManyCallsTest(TestDatabase database) {
        super(database, "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213");
    }
}
