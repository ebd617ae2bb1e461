package dev.dbop.docs.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** What both of Spring's annotations have in common. */
abstract class SpringMigrationTest extends MigrationTest {
    private final TestDatabase db;
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    SpringMigrationTest(TestDatabase db) {
        super(db);
        this.db = db;
    }

    Transfers bean(DataSource dataSource, Class<? extends Transfers> type, Class<?> configuration) {
        context.registerBean(JdbcTemplate.class, () -> new JdbcTemplate(dataSource));
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(dataSource));
        context.register(type, configuration);
        context.refresh();
        return context.getBean(Transfers.class);
    }

    @AfterEach
    void closeContext() {
        context.close();
    }

    @Override
    Transfers after(DataSource dataSource) {
        return new SpringAfter(dataSource);
    }

    @Override
    boolean survivedAKilledSessionBefore() {
        return false;
    }

    @Override
    int movedWithoutAnAnswerBefore() {
        return 10;
    }

    @Test
    void springDoesNotCallALockTimeoutTransient() throws SQLException {
        try (TestSession other = TestSession.open(db);
                TestSession waiting = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE account SET balance = 0 WHERE id = 1");
            Throwable failure = waiting.call(connection -> {
                JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
                jdbc.execute("SET lock_timeout = '50ms'");
                return catchThrowable(() -> jdbc.update("UPDATE account SET balance = 1 WHERE id = 1"));
            });

            assertThat(failure)
                    .hasMessageContaining("lock timeout")
                    .isNotInstanceOf(TransientDataAccessException.class);
        }
    }
}
