package dev.dbop.docs.migration;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import javax.sql.DataSource;

@RealDatabase(Database.POSTGRESQL)
class JdbiMigrationTest extends MigrationTest {
    JdbiMigrationTest(TestDatabase db) {
        super(db);
    }

    @Override
    Transfers before(DataSource dataSource) {
        return new JdbiBefore(dataSource);
    }

    @Override
    Transfers after(DataSource dataSource) {
        return new JdbiAfter(dataSource);
    }

    @Override
    boolean survivedAKilledSessionBefore() {
        return false;
    }

    @Override
    int movedWithoutAnAnswerBefore() {
        return 10;
    }

    @Override
    Conflict conflict() {
        return Conflict.SERIALIZATION;
    }
}
