package dev.dbop.examples.customscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a contract cannot know: how the scope and Spring get on. */
@RealDatabase(Database.POSTGRESQL)
class SpringScopeTest {
    private final TestDatabase db;
    private final HikariDataSource pool = new HikariDataSource();
    private final TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(pool));
    /** Of a bean that knows nothing of attempts. */
    private final JdbcTemplate jdbc = new JdbcTemplate(pool);

    private final SpringScope scope = SpringScope.transaction(template, pool);
    private final AtomicInteger attempts = new AtomicInteger();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners();

    SpringScopeTest(TestDatabase db) {
        this.db = db;
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
        assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                .isFalse();
        pool.close();
    }

    private static void note(JdbcTemplate on, String body) {
        on.update("INSERT INTO note VALUES (?)", body);
    }

    private List<String> notes() throws SQLException {
        return db.query("SELECT body FROM note ORDER BY body");
    }

    /** What a method with {@code @Transactional} does. */
    private void transactionally(Runnable method) {
        template.executeWithoutResult(status -> method.run());
    }

    @Test
    void runsEverythingAgainThatTookPartInTheTransaction() throws SQLException {
        runner.run(scope, tx -> {
            note(tx, "by the attempt's template");
            note(jdbc, "by another template");
            transactionally(() -> note(jdbc, "by a method"));
            if (attempts.incrementAndGet() == 1) {
                jdbc.execute("DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '40001'; END $$");
            }
        });
        assertThat(attempts).hasValue(2);
        assertThat(notes()).containsExactly("by a method", "by another template", "by the attempt's template");
    }

    @Test
    void throwsTheFailureThatTheOperationSwallowed() throws SQLException {
        assertThatThrownBy(() -> runner.run(scope, tx -> {
                    note(tx, "a");
                    swallow(() -> note(tx, "a"));
                }))
                .isInstanceOf(DuplicateKeyException.class);
        assertThat(notes()).isEmpty();
    }

    @Test
    void failsWhenAnotherTemplatesFailureWasSwallowed() throws SQLException {
        assertThatThrownBy(() -> runner.run(scope, tx -> {
                    note(tx, "a");
                    swallow(() -> note(jdbc, "a"));
                }))
                .isInstanceOf(DataAccessException.class);
        assertThat(notes()).isEmpty();
    }

    @Test
    void namesTheFirstFailureWhereAMethodHasMarkedTheTransactionRollbackOnly() throws SQLException {
        assertThatThrownBy(() -> runner.run(scope, tx -> {
                    note(tx, "a");
                    swallow(() -> transactionally(() -> note(tx, "a")));
                }))
                .isInstanceOf(UnexpectedRollbackException.class)
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .hasMessageContaining("duplicate key");
        assertThat(notes()).isEmpty();
    }

    @Test
    void neverEndsAsSuccessWhereAMethodHasMarkedTheTransactionRollbackOnly() throws SQLException {
        assertThatThrownBy(() -> runner.run(scope, tx -> {
                    attempts.incrementAndGet();
                    note(tx, "a");
                    swallow(() -> transactionally(() -> {
                        throw new ConcurrencyFailureException("of the application");
                    }));
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertThat(attempts).hasValue(1);
        assertThat(notes()).isEmpty();
    }

    private static void swallow(Runnable careless) {
        try {
            careless.run();
        } catch (DataAccessException swallowed) {
            // as some code does
        }
    }

    @Test
    void refusesInsideATransactionOfSpringsAndRunsAStepThere() throws SQLException {
        transactionally(() -> {
            note(jdbc, "outer");
            assertThatThrownBy(() -> runner.run(scope, tx -> {})).isInstanceOf(IllegalStateException.class);
            runner.run(SpringScope.savepoint(pool), step -> note(step, "step"));
            assertThatThrownBy(() -> runner.run(SpringScope.savepoint(pool), step -> note(step, "outer")))
                    .isInstanceOf(DuplicateKeyException.class);
        });
        assertThat(notes()).containsExactly("outer", "step");
    }

    @Test
    void aTransactionOfJdbcScopeIsNoneOfSprings() throws SQLException {
        pool.setMaximumPoolSize(2);
        template.executeWithoutResult(status -> {
            note(jdbc, "of Spring's");
            runner.tryCall(JdbcScope.transaction(pool), tx -> {
                note(new JdbcTemplate(new SingleConnectionDataSource(tx, true)), "of dbop's");
                return true;
            });
            status.setRollbackOnly();
        });
        assertThat(notes()).containsExactly("of dbop's");
    }

    @Test
    void runsAtTheTemplatesIsolationLevelAndLeavesTheConnectionAsItWas() {
        TransactionTemplate strict = new TransactionTemplate(new JdbcTransactionManager(pool));
        strict.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        strict.setReadOnly(true);
        String asks =
                "SELECT current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')";

        String inside = runner.call(SpringScope.transaction(strict, pool), tx -> answer(tx, asks));

        assertThat(inside).isEqualTo("serializable on");
        String after = runner.call(scope, tx -> answer(tx, asks));
        assertThat(after).isEqualTo("read committed off");
    }

    private static String answer(JdbcTemplate tx, String sql) {
        return Objects.requireNonNull(tx.queryForObject(sql, String.class));
    }

    /** Runs a call with a callback of Spring's. */
    private void runWith(TransactionSynchronization callback) {
        runner.run(scope, tx -> {
            attempts.incrementAndGet();
            note(tx, "a");
            TransactionSynchronizationManager.registerSynchronization(callback);
        });
    }

    @Test
    void isDoneAlthoughACallbackFailsAfterCommit() throws SQLException {
        runWith(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                throw new IllegalStateException("too late to matter");
            }
        });
        assertThat(notes()).containsExactly("a");
    }

    @Test
    void isUndoneAndNotUnknownWhereACallbackFailsBeforeCommit() throws SQLException {
        assertThatThrownBy(() -> runWith(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        throw new IllegalStateException("refused by a callback");
                    }
                }))
                .isNotInstanceOf(OutcomeUnknownException.class)
                .hasRootCauseMessage("refused by a callback");
        assertThat(attempts).hasValue(1);
        assertThat(notes()).isEmpty();
    }
}
