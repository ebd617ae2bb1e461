package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlManyCallsTest extends ManyCallsTest {
    PostgreSqlManyCallsTest(TestDatabase database) {
        super(database, "DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '40P01'; END $$");
    }
}
