package dev.dbop.testkit;

import dev.dbop.sql.Database;

final class PostgreSqlServerTest extends TestServerContract {

    @Override
    Database database() {
        return Database.POSTGRESQL;
    }

    @Override
    String option() {
        return "autovacuum_max_workers=7";
    }

    @Override
    String valueOfOption() {
        return "current_setting('autovacuum_max_workers')";
    }
}
