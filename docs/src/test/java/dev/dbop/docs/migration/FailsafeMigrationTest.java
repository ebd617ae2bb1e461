package dev.dbop.docs.migration;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import javax.sql.DataSource;

@RealDatabase(Database.POSTGRESQL)
class FailsafeMigrationTest extends MigrationTest {
    FailsafeMigrationTest(TestDatabase db) {
        super(db);
    }

    @Override
    Transfers before(DataSource dataSource) {
        return new FailsafeBefore(dataSource);
    }

    @Override
    Transfers after(DataSource dataSource) {
        return new FailsafeAfter(dataSource);
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
