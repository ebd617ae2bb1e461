package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waits that grow from attempt to attempt, as the server knows them. */
@RealDatabase(Database.POSTGRESQL)
class GrowingLockWaitTest {
    private final TestDatabase db;
    private final DbopRunner growing = DbopRunner.create()
            .policy(policy(3))
            .initialLockTimeout(Duration.ofMillis(8))
            .listeners();
    private final List<String> limits = Collections.synchronizedList(new ArrayList<>());

    GrowingLockWaitTest(TestDatabase db) {
        this.db = db;
    }

    private static RetryPolicy policy(int maxRetries) {
        return RetryPolicy.builder()
                .maxRetries(maxRetries)
                .initialDelay(Duration.ofMillis(1))
                .build();
    }

    @BeforeEach
    void createRow() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS hot",
                "CREATE TABLE hot (id INT PRIMARY KEY, v INT NOT NULL)",
                "INSERT INTO hot VALUES (1, 0)");
    }

    /** Notes the limit that the attempt's session has. */
    private void noteLimit(Connection connection) throws SQLException {
        limits.addAll(PlainSql.query(connection, "SELECT current_setting('lock_timeout')"));
    }

    private List<String> limitsIn(DbopRunner runner, AttemptScope<Connection, SQLException> scope) throws SQLException {
        limits.clear();
        runner.run(scope, this::noteLimit);
        return limits;
    }

    /** Adds to a row that somebody holds until one attempt is seen to wait for it. */
    private void addWhileHeldUntilAttempt(int attempt, DbopRunner runner) throws Exception {
        addWhileHeldUntilAttempt(attempt, runner, PlainSql::execute);
    }

    /** How the row is added to. */
    @FunctionalInterface
    private interface Update {
        void run(Connection connection, String sql) throws SQLException;
    }

    private void addWhileHeldUntilAttempt(int attempt, DbopRunner runner, Update update) throws Exception {
        CompletableFuture<Long> reached = new CompletableFuture<>();
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE hot SET v = v + 1 WHERE id = 1");
            CompletableFuture<Void> call = CompletableFuture.runAsync(() -> add(runner, attempt, reached, update))
                    .whenComplete((done, failure) -> reached.cancel(false));

            db.awaitBlocked(reached.get(20, TimeUnit.SECONDS));
            holder.run("COMMIT");

            call.get(20, TimeUnit.SECONDS);
        }
        assertThat(db.number("SELECT v FROM hot")).isEqualTo(2);
    }

    private void add(DbopRunner runner, int attempt, CompletableFuture<Long> reached, Update update) {
        try {
            runner.run(JdbcScope.transaction(db.dataSource()), connection -> {
                noteLimit(connection);
                if (limits.size() == attempt) {
                    reached.complete(Long.valueOf(PlainSql.query(connection, "SELECT pg_backend_pid()")
                            .get(0)));
                }
                update.run(connection, "UPDATE hot SET v = v + 1 WHERE id = 1");
            });
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void growUntilAnAttemptWaitsAsLongAsTheHolderHolds() throws Exception {
        addWhileHeldUntilAttempt(3, growing.lockTimeout(Duration.ofSeconds(30)));

        assertThat(limits).containsExactly("8ms", "16ms", "30s");
    }

    @Test
    void endInTheSessionsOwn() throws Exception {
        addWhileHeldUntilAttempt(3, growing);

        assertThat(limits).containsExactly("8ms", "16ms", "0");
    }

    @Test
    void areInFullInTheOnlyAttempt() throws Exception {
        addWhileHeldUntilAttempt(1, growing.policy(policy(0)).lockTimeout(Duration.ofSeconds(30)));

        assertThat(limits).containsExactly("30s");
    }

    @Test
    void areCutShortOnlyWhereAWholeTransactionIsUndone() throws SQLException {
        DbopRunner limited = growing.lockTimeout(Duration.ofSeconds(30));
        try (Connection own = db.connect()) {
            assertThat(limitsIn(limited, JdbcScope.transaction(db.dataSource())))
                    .containsExactly("8ms");
            assertThat(limitsIn(limited, JdbcScope.transaction(own))).containsExactly("8ms");
            assertThat(limitsIn(limited, JdbcScope.join(own))).containsExactly("8ms");
            assertThat(limitsIn(limited, JdbcScope.autocommit(own))).containsExactly("30s");
            own.setAutoCommit(false);
            assertThat(limitsIn(limited, JdbcScope.savepoint(own))).containsExactly("30s");
            assertThat(limitsIn(limited, JdbcScope.join(own))).containsExactly("30s");
            own.rollback();
        }
    }

    @Test
    void areNotTriedAgainByAStepButByTheTransactionThatWaitsLongerThen() throws Exception {
        DbopRunner limited = growing.lockTimeout(Duration.ofSeconds(30));

        addWhileHeldUntilAttempt(3, limited, (tx, sql) -> {
            limited.run(JdbcScope.savepoint(tx), step -> PlainSql.execute(step, sql));
        });

        assertThat(limits).containsExactly("8ms", "16ms", "30s");
    }

    @Test
    void areTheTransactionsAffairAlsoForAStepWithoutRetries() throws Exception {
        DbopRunner limited = growing.lockTimeout(Duration.ofSeconds(30));

        addWhileHeldUntilAttempt(3, limited, (tx, sql) -> {
            limited.policy(RetryPolicy.noRetries()).run(JdbcScope.savepoint(tx), step -> PlainSql.execute(step, sql));
        });

        assertThat(limits).containsExactly("8ms", "16ms", "30s");
    }

    /** Only the operation's transaction waits less: its step inherits that, and is not allowed more. */
    @Test
    void holdForTheStepsOfTheTransactionToo() throws SQLException {
        DbopRunner limited = growing.lockTimeout(Duration.ofSeconds(30));

        limited.run(JdbcScope.transaction(db.dataSource()), tx -> {
            limited.run(JdbcScope.savepoint(tx), this::noteLimit);
        });

        assertThat(limits).containsExactly("8ms");
    }
}
