package dev.dbop.docs.migration;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import javax.sql.DataSource;

@RealDatabase(Database.POSTGRESQL)
class Resilience4jMigrationTest extends MigrationTest {
    Resilience4jMigrationTest(TestDatabase db) {
        super(db);
    }

    @Override
    Transfers before(DataSource dataSource) {
        return new Resilience4jBefore(dataSource);
    }

    @Override
    Transfers after(DataSource dataSource) {
        return new Resilience4jAfter(dataSource);
    }

    @Override
    boolean survivedAKilledSessionBefore() {
        return true;
    }

    @Override
    int movedWithoutAnAnswerBefore() {
        return 20;
    }
}
