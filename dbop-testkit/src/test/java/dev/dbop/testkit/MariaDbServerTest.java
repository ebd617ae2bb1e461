package dev.dbop.testkit;

import dev.dbop.sql.Database;

final class MariaDbServerTest extends TestServerContract {

    @Override
    Database database() {
        return Database.MARIADB;
    }

    @Override
    String option() {
        return "--innodb-lock-wait-timeout=7";
    }

    @Override
    String valueOfOption() {
        return "@@innodb_lock_wait_timeout";
    }
}
