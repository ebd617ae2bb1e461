package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.Transaction;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** jOOQ as Spring Boot sets it up: connections bound to the thread, transactions by Spring's manager. */
@RealDatabase(Database.POSTGRESQL)
class SpringTransactionsTest {
    private final TestDatabase db;
    private final HikariDataSource pool = new HikariDataSource();
    private final DataSourceTransactionManager manager = new DataSourceTransactionManager(pool);
    private final JdbcTemplate template = new JdbcTemplate(pool);
    private final DSLContext dsl;
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners();

    SpringTransactionsTest(TestDatabase db) {
        this.db = db;
        Configuration configuration = new DefaultConfiguration();
        configuration.set(SQLDialect.POSTGRES);
        configuration.set(new DataSourceConnectionProvider(new TransactionAwareDataSourceProxy(pool)));
        configuration.set(new BySpring(manager));
        this.dsl = configuration.dsl();
    }

    /** What Spring Boot's own provider does. */
    private record BySpring(DataSourceTransactionManager manager) implements TransactionProvider {
        private record Begun(TransactionStatus status) implements Transaction {}

        @Override
        public void begin(TransactionContext context) {
            context.transaction(new Begun(manager.getTransaction(
                    new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_NESTED))));
        }

        @Override
        public void commit(TransactionContext context) {
            manager.commit(status(context));
        }

        @Override
        public void rollback(TransactionContext context) {
            manager.rollback(status(context));
        }

        private static TransactionStatus status(TransactionContext context) {
            return Objects.requireNonNull((Begun) context.transaction()).status();
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        pool.setJdbcUrl(db.url());
        pool.setMaximumPoolSize(1);
        db.execute("DROP TABLE IF EXISTS note", "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        pool.close();
    }

    private static void note(DSLContext on, String body) {
        on.execute("INSERT INTO note VALUES (?)", body);
    }

    private List<String> notes() throws SQLException {
        return db.query("SELECT body FROM note ORDER BY body");
    }

    @Test
    void anAttemptIsATransactionOfSprings() throws SQLException {
        // snippet: transaction
        runner.run(JooqScope.transaction(dsl), tx -> {
            note(tx, "by jOOQ");
            template.update("INSERT INTO note VALUES ('by Spring')"); // in the same transaction
        });
        // end snippet
        assertThat(notes()).containsExactlyInAnyOrder("by jOOQ", "by Spring");
    }

    @Test
    void anAttemptThatFailedIsRolledBackBySpringAndRunAgain() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        runner.run(JooqScope.transaction(dsl), tx -> {
            template.update("INSERT INTO note VALUES ('a')");
            tx.transaction(nested -> note(nested.dsl(), "nested"));
            if (runs.incrementAndGet() == 1) {
                throw new DataAccessException("as if", new SQLException("could not serialize", "40001"));
            }
        });
        assertThat(notes()).containsExactly("a", "nested");
    }

    @Test
    void aStepIsASavepointInATransactionOfSprings() throws SQLException {
        new TransactionTemplate(manager).executeWithoutResult(status -> {
            template.update("INSERT INTO note VALUES ('outer')");
            runner.run(JooqScope.savepoint(dsl), step -> note(step, "step"));
            runner.run(JooqScope.join(dsl), step -> note(step, "joined"));
            assertThatThrownBy(() -> runner.run(JooqScope.savepoint(dsl), step -> note(step, "outer")))
                    .isInstanceOf(DataAccessException.class);
            assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> {}))
                    .isInstanceOf(IllegalStateException.class);
        });
        assertThat(notes()).containsExactly("joined", "outer", "step");
    }

    @Test
    void aSwallowedFailureNeverEndsAsSuccess() throws SQLException {
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> {
                    note(tx, "a");
                    try {
                        template.update("INSERT INTO note VALUES ('a')");
                    } catch (org.springframework.dao.DuplicateKeyException swallowed) {
                        // as some code does
                    }
                }))
                .isInstanceOf(DataAccessException.class);
        assertThat(notes()).isEmpty();
    }
}
