package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.LockMode;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link TableLocks} on the servers that lock tables; a subclass names the server and how others come into the way. */
@Tag("one-jdk")
abstract class TableLocksTest {
    static final TableName ONE = TableName.of("one");
    static final TableName TWO = TableName.of("two");

    final TestDatabase db;
    final Connection own;
    final Connection other;
    private final String inTheWay;
    private final String outOfTheWay;
    private final LockMode mode;

    /**
     * Makes the tests.
     *
     * @param mode that every server here has
     * @param inTheWay what others lock the table {@code one} with, so that nobody else has it
     * @param outOfTheWay what they give it back with
     */
    TableLocksTest(TestDatabase db, LockMode mode, String inTheWay, String outOfTheWay) throws SQLException {
        this.db = db;
        this.mode = mode;
        this.inTheWay = inTheWay;
        this.outOfTheWay = outOfTheWay;
        this.own = db.connect();
        this.other = db.connect();
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute("DROP TABLE IF EXISTS one", "DROP TABLE IF EXISTS two");
        db.execute("CREATE TABLE one (id INT PRIMARY KEY)", "CREATE TABLE two (id INT PRIMARY KEY)");
    }

    @AfterEach
    void close() throws SQLException {
        other.close();
        own.close();
    }

    /** The failure of a lock that is not granted in time. */
    abstract void assertNotGranted(SQLException failure);

    final void block() throws SQLException {
        for (String sql : inTheWay.split(";", -1)) {
            PlainSql.execute(other, sql);
        }
    }

    final void unblock() throws SQLException {
        PlainSql.execute(other, outOfTheWay);
    }

    final CompletableFuture<Void> lockMeanwhile(TableName... tables) throws SQLException {
        long session = db.sessionId(own);
        CompletableFuture<Void> locked = CompletableFuture.runAsync(() -> {
            try {
                TableLocks.lock(own, mode, Duration.ofSeconds(20), tables);
            } catch (SQLException failure) {
                throw new CompletionException(failure);
            }
        });
        db.awaitBlocked(session);
        return locked;
    }

    final SQLException failureOf(Duration timeout, TableName... tables) {
        return catchThrowableOfType(SQLException.class, () -> TableLocks.lock(own, mode, timeout, tables));
    }

    @Test
    void refusesToLockOutsideATransactionBeforeAnythingIsSent() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TableLocks.lock(own, mode, TableName.of("nobody has made this")))
                .withMessageContaining("autocommit is on")
                .withMessageContaining("setAutoCommit(false)");
        assertThatIllegalStateException()
                .isThrownBy(() -> DbopRunner.create()
                        .listeners()
                        .run(JdbcScope.autocommit(own), c -> TableLocks.lock(c, mode, ONE)));
    }

    @Test
    void refusesNoTablesAndNegativeTimeouts() throws SQLException {
        own.setAutoCommit(false);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableLocks.lock(own, mode))
                .withMessageContaining("tables");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableLocks.lock(own, mode, Duration.ofMillis(-1), ONE))
                .withMessageContaining("PT-0.001S");
    }

    @Test
    void waitsUntilOthersAreOutOfTheWay() throws SQLException {
        own.setAutoCommit(false);
        block();
        CompletableFuture<Void> locked = lockMeanwhile(ONE);
        assertThat(locked).isNotDone();
        unblock();

        locked.join();
        own.rollback();
    }

    @Test
    void givesUpWhenTheTimeIsOver() throws SQLException {
        own.setAutoCommit(false);
        block();
        long start = System.nanoTime();
        SQLException failure = failureOf(Duration.ofMillis(300), ONE);
        Duration waited = Duration.ofNanos(System.nanoTime() - start);

        assertNotGranted(failure);
        assertThat(waited).isBetween(Duration.ofMillis(290), Duration.ofSeconds(15));
        own.rollback();
        unblock();
    }

    @Test
    void theLimitIsAfterwardsWhatItWas() throws SQLException {
        own.setAutoCommit(false);
        PlainSql.query(own, "SELECT id FROM two");
        SessionState before = db.stateOf(own);
        TableLocks.lock(own, mode, Duration.ofSeconds(7), ONE, TWO);

        assertThat(db.stateOf(own)).isEqualTo(before);
        own.rollback();
        assertThat(db.stateOf(own).settings()).isEqualTo(before.settings());
    }

    @Test
    void theLimitIsAfterAFailureWhatItWas() throws SQLException {
        own.setAutoCommit(false);
        PlainSql.execute(own, "INSERT INTO two VALUES (1)");
        SessionState before = db.stateOf(own);
        block();
        DbopRunner step = DbopRunner.create().listeners();
        SQLException failure = catchThrowableOfType(
                SQLException.class,
                () -> step.policy(RetryPolicy.noRetries())
                        .run(
                                JdbcScope.savepoint(own),
                                c -> TableLocks.lock(c, mode, Duration.ofMillis(200), ONE, TWO)));
        unblock();

        assertNotGranted(failure);
        assertThat(db.stateOf(own)).isEqualTo(before);
        own.commit();
        assertThat(db.number("SELECT count(*) FROM two")).isEqualTo(1);
    }

    @Test
    void isPartOfAnAttemptsTransaction() throws SQLException {
        DbopRunner runner = DbopRunner.create().listeners();
        long session = db.sessionId(own);
        block();
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                runner.run(JdbcScope.transaction(own), c -> {
                    TableLocks.lock(c, mode, Duration.ofSeconds(20), ONE);
                    runner.run(JdbcScope.savepoint(c), step -> TableLocks.lock(step, mode, TWO));
                    PlainSql.execute(c, "INSERT INTO one VALUES (1)");
                });
            } catch (SQLException failure) {
                throw new CompletionException(failure);
            }
        });
        db.awaitBlocked(session);
        unblock();

        done.join();
        assertThat(db.number("SELECT count(*) FROM one")).isEqualTo(1);
    }

    @Test
    void whatIsReadAfterTheLockIsWhatWasCommittedBeforeIt() throws SQLException {
        own.setTransactionIsolation(Isolation.REPEATABLE_READ.jdbcLevel());
        own.setAutoCommit(false);
        block();
        PlainSql.execute(other, "INSERT INTO one VALUES (1)");
        CompletableFuture<Void> locked = lockMeanwhile(ONE);
        unblock();
        locked.join();

        assertThat(PlainSql.query(own, "SELECT id FROM one")).containsExactly("1");
        own.rollback();
    }

    @Test
    void locksTablesOfAnyName() throws SQLException {
        String odd = "o'd\"d`na.me; DROP TABLE one --é";
        TableName name = TableName.of(odd);
        db.execute(
                "DROP TABLE IF EXISTS " + name.quoted(db.database()),
                "CREATE TABLE " + name.quoted(db.database()) + " (id INT)");
        own.setAutoCommit(false);
        TableLocks.lock(own, mode, name);
        TableLocks.lock(own, mode, TableName.of(schema(), odd));
        own.rollback();

        assertThat(db.number("SELECT count(*) FROM one")).isZero();
        own.setAutoCommit(false);
        assertThatThrownBy(() -> TableLocks.lock(own, mode, TableName.of(schema() + "." + odd)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(schema());
        own.rollback();
        db.execute("DROP TABLE " + name.quoted(db.database()));
    }

    /** The schema the tables are in. */
    abstract String schema();
}
