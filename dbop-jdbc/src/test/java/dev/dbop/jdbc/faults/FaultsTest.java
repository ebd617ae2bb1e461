package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.Timeouts;
import dev.dbop.VoidOperation;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** What the tests of faults share: a step, run at some level, whose effect and failures can be told afterwards. */
@Tag("one-jdk")
abstract class FaultsTest {
    static final RetryPolicy QUICK = RetryPolicy.builder()
            .maxRetries(3)
            .initialDelay(Duration.ofMillis(1))
            .jitter(0)
            .build();

    final TestDatabase db;
    final History history = new History();
    final DbopRunner runner = DbopRunner.create().policy(QUICK).listeners(history);
    final DbopRunner step = runner.named("step");
    final DbopRunner outer = runner.named("outer");
    private final List<CompletableFuture<Boolean>> others = new CopyOnWriteArrayList<>();

    PoolOfOne pool;

    FaultsTest(TestDatabase db) {
        this.db = db;
        this.pool = new PoolOfOne(db, db.dataSource());
    }

    /** The operation under test. */
    @FunctionalInterface
    interface Step extends VoidOperation<Connection, SQLException> {}

    /** Does something in another session while the step runs; the test fails if that fails. */
    final void meanwhile(TestSession session, TestSession.Work<Boolean> work) {
        others.add(session.start(work));
    }

    /** Runs statements in another session while the step runs; the test fails if one fails. */
    final void meanwhile(TestSession session, String... statements) {
        others.add(session.start(statements));
    }

    /** Waits until the other sessions have done what they were given. */
    final void awaitOthers() {
        assertThat(others).allSatisfy(other -> assertThat(other).succeedsWithin(Duration.ofSeconds(20)));
    }

    @AfterEach
    void close() throws SQLException {
        pool.close();
        assertThat(others).noneMatch(CompletableFuture::isCompletedExceptionally);
    }

    /**
     * Runs the step at a level; inside a savepoint, after the outer transaction has written a row of its own. What the
     * other sessions were given meanwhile is done then.
     */
    final Outcome<Boolean> run(Level level, Step operation) {
        return run(level, step, operation);
    }

    final Outcome<Boolean> run(Level level, DbopRunner how, Step operation) {
        return run(level, outer, how, operation);
    }

    final Outcome<Boolean> run(Level level, DbopRunner around, DbopRunner how, Step operation) {
        Outcome<Boolean> outcome = switch (level) {
            case TRANSACTION -> run(how, JdbcScope.transaction(pool), operation);
            case AUTOCOMMIT -> run(how, JdbcScope.autocommit(pool), operation);
            default ->
                run(around.isolation(Objects.requireNonNull(level.outer())), JdbcScope.transaction(pool), tx -> {
                    update(tx, "INSERT INTO outer_t VALUES (1)");
                    how.run(JdbcScope.savepoint(tx), operation);
                });
        };
        awaitOthers();
        return outcome;
    }

    static Outcome<Boolean> run(DbopRunner how, AttemptScope<Connection, SQLException> scope, Step operation) {
        return how.tryCall(scope, connection -> {
            operation.run(connection);
            return true;
        });
    }

    /** Limits the statements of attempts that begin while something holds; the others are to succeed, however late. */
    final DbopRunner limitedWhile(BooleanSupplier holds) {
        Timeouts second = Timeouts.none().withStatement(Duration.ofSeconds(1));
        return step.timeouts((attempt, attempts) -> holds.getAsBoolean() ? second : Timeouts.none());
    }

    static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static List<String> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        }
    }

    /** Waits until the server has noticed every closed connection and done what it was at. */
    final void awaitNoSession() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> db.sessions().isEmpty());
    }

    final long balance(int id) throws SQLException {
        return db.number("SELECT bal FROM acct WHERE id = " + id);
    }

    final long outerRows() throws SQLException {
        return db.number("SELECT count(*) FROM outer_t");
    }

    static void assertSucceeded(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Success.class);
    }

    static Outcome.Failure<?> assertFailed(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        return (Outcome.Failure<?>) outcome;
    }

    /** The outer row is there once if there is an outer transaction, and the connection is as it was lent. */
    final void assertOuterKept(Level level) throws SQLException {
        assertThat(outerRows()).as("outer rows").isEqualTo(level.isSavepoint() ? 1 : 0);
        pool.assertAsFound();
    }
}
