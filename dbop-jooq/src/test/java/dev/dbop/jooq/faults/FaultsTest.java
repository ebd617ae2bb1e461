package dev.dbop.jooq.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopException;
import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Timeouts;
import dev.dbop.VoidOperation;
import dev.dbop.jooq.Jooq;
import dev.dbop.jooq.JooqScope;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of faults share: a step, run in a transaction or in a savepoint of one, and the history of its failures. */
abstract class FaultsTest {
    static final Predicate<byte[]> COMMIT = FaultProxy.commit();

    static final String ADD = "UPDATE acc SET v = v + 1 WHERE id = 1";

    final TestDatabase db;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Boolean>> others = new CopyOnWriteArrayList<>();
    private final HikariDataSource pool = new HikariDataSource();
    final DSLContext dsl;
    final DbopRunner whole;
    final DbopRunner step;
    private @Nullable Action afterFirst;

    FaultsTest(TestDatabase db) {
        this.db = db;
        pool.setJdbcUrl(db.url());
        pool.setMaximumPoolSize(1);
        this.dsl = Jooq.using(db, pool);
        this.whole = DbopRunner.create()
                .named("whole")
                .policy(RetryPolicy.builder()
                        .maxRetries(2)
                        .initialDelay(Duration.ZERO)
                        .build())
                .listeners(this::note);
        this.step = whole.named("step");
    }

    /** What a test does once the first attempt has failed and is undone. */
    @FunctionalInterface
    interface Action {
        void run() throws SQLException;
    }

    /** The operation under test. */
    @FunctionalInterface
    interface Step extends VoidOperation<DSLContext, SQLException> {}

    private void note(RunEvent event) {
        if (event instanceof RunEvent.AttemptFailed failed) {
            lines.add(failed.name() + " " + failed.phase() + " " + code(failed.failure()) + " " + failed.verdict());
            Action action = afterFirst;
            afterFirst = null;
            if (action != null) {
                try {
                    action.run();
                } catch (SQLException broken) {
                    throw new IllegalStateException(broken);
                }
            }
        }
    }

    final void afterFirstFailure(Action action) {
        afterFirst = action;
    }

    /** What the server, or the driver, has said. */
    final String code(@Nullable Throwable failure) {
        if (failure instanceof DbopException own) {
            return own.getClass().getSimpleName();
        }
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException told) {
                return db.database().family() == dev.dbop.sql.Database.Family.POSTGRESQL
                        ? String.valueOf(told.getSQLState())
                        : String.valueOf(told.getErrorCode());
            }
        }
        return String.valueOf(failure);
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS child",
                "DROP TABLE IF EXISTS acc",
                "DROP TABLE IF EXISTS note",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT NOT NULL)",
                "CREATE TABLE child (id INT PRIMARY KEY, acc INT, FOREIGN KEY (acc) REFERENCES acc (id))",
                "CREATE TABLE note (body VARCHAR(40))",
                "INSERT INTO acc VALUES (1, 0), (2, 0)");
    }

    @AfterEach
    void close() {
        pool.close();
        others.forEach(other -> assertThat(other).succeedsWithin(Duration.ofSeconds(10)));
    }

    final void meanwhile(TestSession session, TestSession.Work<Boolean> work) {
        others.add(session.start(work));
    }

    /** Waits until everybody else has done what they do {@linkplain #meanwhile meanwhile}. */
    final void awaitOthers() {
        others.forEach(other -> assertThat(other).succeedsWithin(Duration.ofSeconds(20)));
    }

    /** Holds account 1. */
    final TestSession holder() throws SQLException {
        TestSession holder = TestSession.open(db);
        holder.run("BEGIN", "UPDATE acc SET v = v + 100 WHERE id = 1");
        return holder;
    }

    /** Runs the step in a savepoint, after the transaction around it has written a row. */
    final Outcome<Boolean> inSavepoint(DbopRunner how, Step operation) {
        return inSavepoint(whole, how, operation);
    }

    final Outcome<Boolean> inSavepoint(DbopRunner around, DbopRunner how, Step operation) {
        return around.tryCall(JooqScope.transaction(dsl), tx -> {
            tx.execute("INSERT INTO note VALUES ('outer')");
            how.run(JooqScope.savepoint(tx), operation);
            return true;
        });
    }

    final Outcome<Boolean> inTransaction(DbopRunner how, Step operation) {
        return inTransaction(how, dsl, operation);
    }

    final Outcome<Boolean> inTransaction(DbopRunner how, DSLContext on, Step operation) {
        return how.tryCall(JooqScope.transaction(on), tx -> {
            operation.run(tx);
            return true;
        });
    }

    /** The step, its first attempt's statements limited to a second; a later one is to succeed, however late. */
    final DbopRunner limitedAtFirst() {
        Timeouts second = Timeouts.none().withStatement(Duration.ofSeconds(1));
        return step.timeouts((attempt, attempts) -> attempt == 1 ? second : Timeouts.none());
    }

    final DSLContext through(FaultProxy proxy) {
        DataSource source = db.dataSource(proxy);
        return Jooq.using(db, source);
    }

    final long session(DSLContext on) {
        return on.connectionResult(db::sessionId);
    }

    final long value(int id) throws SQLException {
        return db.number("SELECT v FROM acc WHERE id = ?", id);
    }

    final long outerRows() throws SQLException {
        return db.number("SELECT count(*) FROM note");
    }

    final void assertHistory(String... expected) {
        assertThat(lines).containsExactly(expected);
    }

    /** It succeeded, and the outer row is there once. */
    final void assertKept(Outcome<?> outcome) throws SQLException {
        assertThat(outcome).isInstanceOf(Outcome.Success.class);
        assertThat(outerRows()).isEqualTo(1);
    }

    static void assertSucceeded(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Success.class);
    }

    final void assertFailed(Outcome<?> outcome, Class<? extends Throwable> type, String code) throws SQLException {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
            assertThat(failure.failure()).isInstanceOf(type);
            assertThat(code(failure.failure())).isEqualTo(code);
        });
        assertThat(outerRows()).isZero();
    }

    /** It failed for good, as jOOQ has thrown it. */
    final void assertGivenUp(Outcome<?> outcome, String code) throws SQLException {
        assertFailed(outcome, DataAccessException.class, code);
    }

    /** Given up in a savepoint and by what is around it. */
    final void assertGivenUpInBoth(Step operation, String code) throws SQLException {
        assertGivenUp(inSavepoint(step, operation), code);
        assertHistory("step OPERATION " + code + " GIVE_UP", "whole OPERATION " + code + " GIVE_UP");
    }
}
