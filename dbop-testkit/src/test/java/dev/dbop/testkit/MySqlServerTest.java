package dev.dbop.testkit;

import dev.dbop.sql.Database;
import org.junit.jupiter.api.Tag;

@Tag("one-jdk")
final class MySqlServerTest extends TestServerContract {

    @Override
    Database database() {
        return Database.MYSQL;
    }

    @Override
    String option() {
        return "innodb-lock-wait-timeout=7";
    }

    @Override
    String valueOfOption() {
        return "@@innodb_lock_wait_timeout";
    }
}
