package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.LockMode;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlTableLocksTest extends TableLocksTest {
    PostgreSqlTableLocksTest(TestDatabase db) throws SQLException {
        super(db, LockMode.ACCESS_SHARE, "BEGIN;LOCK TABLE one", "COMMIT");
    }

    @Override
    void assertNotGranted(SQLException failure) {
        assertThat(failure.getSQLState()).isEqualTo("55P03");
    }

    @Override
    String schema() {
        return "public";
    }

    /** The manual's table of conflicts ("Explicit Locking"). */
    private static Set<LockMode> conflictsOf(LockMode mode) {
        return switch (mode) {
            case ACCESS_SHARE -> EnumSet.of(LockMode.ACCESS_EXCLUSIVE);
            case ROW_SHARE -> EnumSet.of(LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);
            case ROW_EXCLUSIVE -> EnumSet.range(LockMode.SHARE, LockMode.ACCESS_EXCLUSIVE);
            case SHARE_UPDATE_EXCLUSIVE -> EnumSet.range(LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);
            case SHARE -> {
                Set<LockMode> all = EnumSet.range(LockMode.ROW_EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);
                all.remove(LockMode.SHARE);
                yield all;
            }
            case SHARE_ROW_EXCLUSIVE -> EnumSet.range(LockMode.ROW_EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);
            case EXCLUSIVE -> EnumSet.range(LockMode.ROW_SHARE, LockMode.ACCESS_EXCLUSIVE);
            case ACCESS_EXCLUSIVE -> EnumSet.allOf(LockMode.class);
        };
    }

    @ParameterizedTest
    @EnumSource(LockMode.class)
    void everyModeKeepsOthersFromWhatTheManualSays(LockMode mode) throws SQLException {
        own.setAutoCommit(false);
        other.setAutoCommit(false);
        TableLocks.lock(own, mode, ONE);
        Set<LockMode> refused = EnumSet.noneOf(LockMode.class);
        for (LockMode another : LockMode.values()) {
            try {
                TableLocks.lock(other, another, Duration.ZERO, ONE);
            } catch (SQLException notGranted) {
                assertNotGranted(notGranted);
                refused.add(another);
            }
            other.rollback();
        }
        own.rollback();

        assertThat(refused).isEqualTo(conflictsOf(mode));
    }

    @Test
    void aHolderAtATimeUnlessToldOtherwise() throws SQLException {
        own.setAutoCommit(false);
        other.setAutoCommit(false);
        TableLocks.lock(own, ONE);
        PlainSql.execute(other, "INSERT INTO one VALUES (1)");
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> TableLocks.lock(other, TableLocks.DEFAULT_MODE, Duration.ofMillis(100), ONE));
        own.commit();
        other.rollback();

        assertNotGranted(failure);
        TableLocks.lock(other, ONE);
        other.rollback();
    }

    @Test
    void aShorterLimitOfTheSessionStays() throws SQLException {
        PlainSql.execute(own, "SET lock_timeout = 150");
        own.setAutoCommit(false);
        block();
        long start = System.nanoTime();
        SQLException failure = failureOf(Duration.ofSeconds(30), ONE);
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        own.rollback();
        unblock();

        assertNotGranted(failure);
        assertThat(waited).isLessThan(Duration.ofSeconds(10));
        assertThat(PlainSql.query(own, "SHOW lock_timeout")).containsExactly("150ms");
    }

    @Test
    void theTimeIsForAllTablesTogether() throws SQLException {
        own.setAutoCommit(false);
        block();
        try (Connection third = db.connect()) {
            PlainSql.execute(third, "BEGIN");
            PlainSql.execute(third, "LOCK TABLE two");
            CompletableFuture<Long> started = new CompletableFuture<>();
            CompletableFuture<Duration> waited = CompletableFuture.supplyAsync(() -> {
                long start = System.nanoTime();
                started.complete(start);
                assertNotGranted(failureOf(Duration.ofSeconds(6), TWO, ONE));
                return since(start);
            });
            long start = started.join();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> since(start).compareTo(Duration.ofSeconds(4)) > 0);
            unblock();

            assertThat(waited.join()).isBetween(Duration.ofMillis(5_900), Duration.ofMillis(9_500));
            PlainSql.execute(third, "COMMIT");
        }
        own.rollback();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void callersWhoNameTheSameTablesDoNotWaitForEachOther() throws Exception {
        own.setAutoCommit(false);
        other.setAutoCommit(false);
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CompletableFuture<Void> one = CompletableFuture.runAsync(() -> lockOften(own, together, ONE, TWO), threads);
            CompletableFuture<Void> two =
                    CompletableFuture.runAsync(() -> lockOften(other, together, TWO, ONE), threads);

            CompletableFuture.allOf(one, two).join();
        } finally {
            threads.shutdown();
        }
    }

    private static void lockOften(Connection connection, CyclicBarrier together, TableName... tables) {
        try {
            for (int i = 0; i < 50; i++) {
                together.await();
                TableLocks.lock(connection, LockMode.ACCESS_EXCLUSIVE, Duration.ofSeconds(20), tables);
                connection.commit();
            }
        } catch (Exception failure) {
            throw new CompletionException(failure);
        }
    }

    @Test
    void aLockOfAStepThatIsUndoneIsGone() throws SQLException {
        DbopRunner once = DbopRunner.create().listeners().policy(RetryPolicy.noRetries());
        other.setAutoCommit(false);
        once.run(JdbcScope.transaction(own), c -> {
            once.tryCall(JdbcScope.savepoint(c), step -> {
                TableLocks.lock(step, LockMode.ACCESS_EXCLUSIVE, ONE);
                throw new SQLException("the step has failed");
            });
            TableLocks.lock(other, LockMode.ACCESS_SHARE, Duration.ZERO, ONE);
        });
        other.rollback();
    }

    @Test
    void aFailureOutsideASavepointFailsTheTransaction() throws SQLException {
        own.setAutoCommit(false);
        block();
        assertNotGranted(failureOf(Duration.ZERO, ONE));
        unblock();

        assertThat(catchThrowableOfType(SQLException.class, () -> PlainSql.execute(own, "SELECT 1"))
                        .getSQLState())
                .isEqualTo("25P02");
        own.rollback();
        assertThat(PlainSql.query(own, "SHOW lock_timeout")).containsExactly("0");
        own.rollback();
    }

    @Test
    void aViewsTablesAndATablesPartitionsAreLockedWithIt() throws SQLException {
        db.execute(
                "DROP VIEW IF EXISTS seen",
                "CREATE VIEW seen AS SELECT id FROM one",
                "DROP TABLE IF EXISTS parted",
                "CREATE TABLE parted (id INT) PARTITION BY RANGE (id)",
                "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10)");
        own.setAutoCommit(false);
        other.setAutoCommit(false);
        TableLocks.lock(own, LockMode.EXCLUSIVE, TableName.of("seen"), TableName.of("public", "parted"));
        for (String behind : new String[] {"one", "parted_low"}) {
            SQLException failure = catchThrowableOfType(
                    SQLException.class,
                    () -> TableLocks.lock(other, LockMode.ROW_EXCLUSIVE, Duration.ZERO, TableName.of(behind)));
            other.rollback();
            assertNotGranted(failure);
        }
        own.rollback();
        db.execute("DROP VIEW seen", "DROP TABLE parted");
    }
}
