package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowMissingException;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchedRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for a change of a row, on any database: by looking at it. */
abstract class RowWatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Stops no look: what is left of the scripted time would be its limit in real time. */
    private static final DbopRunner PATIENT = DbopRunner.create().listeners().scheduler((task, delay) -> () -> {});

    final TestDatabase db;
    final ScriptedSleep time = new ScriptedSleep();

    RowWatchTest(TestDatabase db) {
        this.db = db;
    }

    /** The levels the pools' connections are set to. */
    abstract List<String> isolations();

    /** The type of bytes. */
    abstract String bytes();

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS job",
                "CREATE TABLE job (id INT PRIMARY KEY, state VARCHAR(20), result " + bytes() + ", tries INT)",
                "INSERT INTO job VALUES (1, 'new', NULL, 0), (2, 'new', NULL, 0)");
    }

    RowWatch watch() {
        return RowWatch.on(db.dataSource(), TableName.of("job"))
                .where("id", 1)
                .every(SECOND)
                .within(Duration.ofSeconds(5))
                .runner(PATIENT)
                .ticker(time)
                .sleeper(time);
    }

    private void update(String set) throws SQLException {
        db.execute("UPDATE job SET " + set + " WHERE id = 1");
    }

    @Test
    void aChangeOfAnyColumnEndsTheWait() throws Exception {
        time.then(() -> db.execute("UPDATE job SET state = 'other row' WHERE id = 2"))
                .then(() -> {})
                .then(() -> update("tries = 1"));

        WatchedRow changed = watch().awaitChange();

        assertThat(changed.values()).containsOnlyKeys("id", "state", "result", "tries");
        assertThat(changed.get("tries")).isEqualTo(1);
        assertThat(changed.get("result")).isNull();
        assertThat(time.sleeps()).containsExactly(SECOND, SECOND, SECOND);
    }

    @Test
    void onlyChosenColumnsCount() throws Exception {
        time.then(() -> update("tries = 1")).then(() -> update("state = 'begun', tries = 2"));

        WatchedRow changed = watch().columns("state", "result").awaitChange();

        assertThat(changed.values()).containsOnlyKeys("state", "result");
        assertThat(changed.get("state")).isEqualTo("begun");
        assertThat(time.sleeps()).hasSize(2);
    }

    @Test
    void bytesAndNullsAreCompared() throws Exception {
        String two = db.database() == Database.POSTGRESQL ? "'\\x0102'" : "x'0102'";
        RowWatch watch = watch().columns("result");
        WatchedRow before = watch.snapshot();
        update("result = " + two);
        WatchedRow first = watch.awaitChangeFrom(before);
        assertThat((byte[]) first.get("result")).containsExactly(1, 2);
        time.then(() -> {}).then(() -> update("result = " + two.replace("02'", "03'")));
        WatchedRow second = watch.awaitChangeFrom(first);
        assertThat((byte[]) second.get("result")).containsExactly(1, 3);
        time.then(() -> update("result = NULL"));
        assertThat(watch.awaitChangeFrom(second)).isEqualTo(before);
        assertThat(time.sleeps()).hasSize(3);
    }

    @Test
    void aChangeSinceTheCallerLookedIsNotMissed() throws Exception {
        WatchedRow seen = watch().snapshot();
        update("state = 'done'");

        WatchedRow changed = watch().awaitChangeFrom(seen);

        assertThat(changed.differingFrom(seen)).isEqualTo(Set.of("state"));
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void aConditionMayHoldAtOnceOrLater() throws Exception {
        assertThat(watch().await(row -> "new".equals(row.get("state"))).get("id"))
                .isEqualTo(1);
        assertThat(time.sleeps()).isEmpty();
        time.then(() -> update("state = 'begun'")).then(() -> update("state = 'done'"));

        watch().await(row -> "done".equals(row.get("state")));

        assertThat(time.sleeps()).hasSize(2);
    }

    @Test
    void aDeletedRowIsAnError() throws SQLException {
        WatchedRow seen = watch().snapshot();
        time.then(() -> db.execute("DELETE FROM job WHERE id = 1"));

        assertThatThrownBy(() -> watch().awaitChange())
                .isInstanceOf(RowDeletedException.class)
                .hasMessageStartingWith("row of table job with id=1 is gone");
        assertThatThrownBy(() -> watch().awaitChangeFrom(seen)).isInstanceOf(RowDeletedException.class);
    }

    @Test
    void aMissingRowIsAnError() {
        RowWatch missing = RowWatch.on(db.dataSource(), TableName.of("job")).where("id", 99);

        assertThatThrownBy(missing::awaitChange).isInstanceOf(RowMissingException.class);
        assertThatThrownBy(() -> missing.await(row -> true)).isInstanceOf(RowMissingException.class);
        assertThatThrownBy(missing::snapshot)
                .isInstanceOf(RowMissingException.class)
                .hasMessageStartingWith("row of table job with id=99 is not there");
    }

    @Test
    void whatIsCommittedBeforeTheTimeIsUpIsSeen() throws Exception {
        RowWatch watch = watch().every(Duration.ofSeconds(2));
        time.then(() -> {}).then(() -> {}).then(() -> update("state = 'late'"));

        assertThat(watch.awaitChange().get("state")).isEqualTo("late");
        assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2), SECOND);
    }

    @Test
    void aWaitEndsWhenItsTimeIsUp() {
        assertThatThrownBy(() -> watch().awaitChange())
                .isInstanceOf(RowWatchTimeoutException.class)
                .hasNoCause()
                .hasMessageStartingWith("row of table job with id=1 did not change within PT5S (6 looks)");
        assertThatThrownBy(() -> watch().await(row -> false))
                .isInstanceOf(RowWatchTimeoutException.class)
                .hasMessageContaining("did not come to meet the condition");
    }

    @Test
    void keysMayBeCompositeAndNamesOdd() throws Exception {
        String table = db.database().quote("Odd \"ta`ble");
        String key = db.database().quote("Or\"d`er");
        db.execute(
                "DROP TABLE IF EXISTS " + table,
                "CREATE TABLE " + table + " (" + key + " INT, line VARCHAR(9), n INT, PRIMARY KEY (" + key + ", line))",
                "INSERT INTO " + table + " VALUES (1, 'a', 0), (1, 'b', 0)");
        RowWatch lines = RowWatch.on(db.dataSource(), TableName.of("Odd \"ta`ble"))
                .where("Or\"d`er", 1)
                .ticker(time)
                .sleeper(time);
        time.then(() -> db.execute("UPDATE " + table + " SET n = 1 WHERE line = 'b'"))
                .then(() -> db.execute("UPDATE " + table + " SET n = 2 WHERE line = 'a'"));

        assertThat(lines.where("line", "a").awaitChange().get("n")).isEqualTo(2);
        assertThatThrownBy(lines::awaitChange)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("there are several rows like the row of table Odd \"ta`ble with Or\"d`er=1:");
    }

    @Test
    void onlyWhatIsCommittedIsSeenWhateverTheConnectionsAreSetTo() throws Exception {
        for (String isolation : isolations()) {
            for (boolean autocommit : new boolean[] {true, false}) {
                createTable();
                try (HikariDataSource pool = pool(isolation, autocommit)) {
                    seesOnlyWhatIsCommitted(pool);
                }
            }
        }
    }

    private void seesOnlyWhatIsCommitted(HikariDataSource pool) throws Exception {
        ScriptedSleep script = new ScriptedSleep();
        try (Connection writer = db.connect()) {
            SessionState before = state(pool);
            script.then(() -> {
                        PlainSql.execute(writer, db.database() == Database.SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
                        PlainSql.execute(writer, "UPDATE job SET state = 'uncommitted' WHERE id = 1");
                    })
                    .then(() -> PlainSql.execute(writer, "ROLLBACK"))
                    .then(() -> {
                        PlainSql.execute(writer, "BEGIN");
                        PlainSql.execute(writer, "UPDATE job SET state = 'committed' WHERE id = 1");
                    })
                    .then(() -> PlainSql.execute(writer, "COMMIT"));

            WatchedRow changed = RowWatch.on(pool, TableName.of("job"))
                    .where("id", 1)
                    .runner(PATIENT)
                    .ticker(script)
                    .sleeper(script)
                    .awaitChange();

            assertThat(changed.get("state")).isEqualTo("committed");
            assertThat(script.sleeps()).hasSize(4);
            assertThat(state(pool)).isEqualTo(before);
        }
    }

    private SessionState state(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return db.stateOf(connection);
        }
    }

    HikariDataSource pool(String isolation, boolean autocommit) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(db.url());
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5000);
        config.setTransactionIsolation("TRANSACTION_" + isolation);
        config.setAutoCommit(autocommit);
        return new HikariDataSource(config);
    }

    @Test
    void nothingIsHeldBetweenLooks() throws Exception {
        try (HikariDataSource pool = pool("SERIALIZABLE", false)) {
            time.then(() -> {
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                update("state = 'done'");
            });
            RowWatch.on(pool, TableName.of("job"))
                    .where("id", 1)
                    .ticker(time)
                    .sleeper(time)
                    .awaitChange();
        }
        assertThat(time.sleeps()).hasSize(1);
    }

    @Test
    void aTableThatIsAlteredMeanwhileIsLookedAtAnew() throws Exception {
        try (HikariDataSource pool = pool("SERIALIZABLE", true)) {
            time.then(() -> {})
                    .then(() -> {})
                    .then(() -> {})
                    .then(() -> {})
                    .then(() -> {})
                    .then(() -> {})
                    .then(() -> db.execute("ALTER TABLE job ADD COLUMN more INT"));

            WatchedRow changed = RowWatch.on(pool, TableName.of("job"))
                    .where("id", 1)
                    .ticker(time)
                    .sleeper(time)
                    .awaitChange();

            assertThat(changed.values()).containsKey("more");
        }
    }

    @Test
    void aFailureThatDoesNotPassEndsTheWatch() {
        RowWatch unknown = watch().columns("nope");

        assertThatThrownBy(unknown::awaitChange).isInstanceOf(SQLException.class);
        assertThatThrownBy(unknown::snapshot).isInstanceOf(SQLException.class);
        RowWatch unknownKey = watch().where("nope", 1);
        assertThatThrownBy(unknownKey::awaitChange).isInstanceOf(SQLException.class);
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void anInterruptEndsTheWait() {
        time.then(() -> {
            throw new InterruptedException("by another thread");
        });
        assertThatThrownBy(() -> watch().awaitChange()).isInstanceOf(InterruptedException.class);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> watch().awaitChange()).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatMakesNoSenseIsRefused() throws SQLException {
        RowWatch watch = RowWatch.on(db.dataSource(), TableName.of("job"));
        assertThatThrownBy(watch::awaitChange)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the watch of table job has no key");
        RowWatch tooShort = watch().within(Duration.ofMillis(10));
        assertThatThrownBy(tooShort::awaitChange)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("within is PT0.01S: must not be shorter than every");
        WatchedRow other = watch().columns("tries").snapshot();
        assertThatThrownBy(() -> watch().columns("state").awaitChangeFrom(other))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(watch()).hasToString("RowWatch[row of table job with id=1, every PT1S, within PT5S]");
    }

    @Test
    void notificationsAreRefusedWhereThereAreNone() {
        if (db.database() != Database.POSTGRESQL) {
            assertThatThrownBy(() -> watch().notifiedBy("jobs").awaitChange())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("notifiedBy is set, and the database is "
                            + db.database().productName()
                            + ": only PostgreSQL sends notifications; leave notifiedBy out to poll");
        }
        assertThatThrownBy(() -> watch().notifiedBy("x".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }
}
