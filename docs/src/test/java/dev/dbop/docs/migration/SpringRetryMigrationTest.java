package dev.dbop.docs.migration;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import javax.sql.DataSource;
import org.springframework.context.annotation.Configuration;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.transaction.annotation.EnableTransactionManagement;

@RealDatabase(Database.POSTGRESQL)
class SpringRetryMigrationTest extends SpringMigrationTest {
    @Configuration
    @EnableRetry(proxyTargetClass = true)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Config {}

    SpringRetryMigrationTest(TestDatabase db) {
        super(db);
    }

    @Override
    Transfers before(DataSource dataSource) {
        return bean(dataSource, SpringRetryBefore.class, Config.class);
    }
}
