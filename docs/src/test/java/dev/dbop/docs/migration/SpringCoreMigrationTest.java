package dev.dbop.docs.migration;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import javax.sql.DataSource;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.transaction.annotation.EnableTransactionManagement;

@RealDatabase(Database.POSTGRESQL)
class SpringCoreMigrationTest extends SpringMigrationTest {
    @Configuration
    @EnableResilientMethods(proxyTargetClass = true)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Config {}

    SpringCoreMigrationTest(TestDatabase db) {
        super(db);
    }

    @Override
    Transfers before(DataSource dataSource) {
        return bean(dataSource, SpringCoreBefore.class, Config.class);
    }
}
