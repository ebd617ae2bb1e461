package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** Errors that undo their statement and no more, files that cannot be used, and what is put back afterwards. */
@RealDatabase(Database.SQLITE)
class SqliteStatementFaultsTest extends SqliteFaultsTest {
    SqliteStatementFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @BeforeEach
    void checkForeignKeys() throws SQLException {
        execute(pool.physical(), "PRAGMA foreign_keys = 1");
        pool.prepared();
    }

    private void assertFinal(Outcome<Boolean> outcome, Level level, String code) throws SQLException {
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp(code, "GIVE_UP"));
        assertThat(balance(1)).isZero();
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2067|INSERT INTO uq VALUES (2, 'a')",
                "1555|INSERT INTO uq VALUES (1, 'b')",
                "1299|INSERT INTO acct VALUES (3, NULL)",
                "275|INSERT INTO acct VALUES (3, -1)",
                "1|SELEC 1",
                "20|INSERT INTO acct VALUES ('three', 1)"
            })
    void anErrorOfOneStatementIsFinalUnlessTheOperationLivesWithIt(String code, String sql) throws SQLException {
        for (Level level : new Level[] {Level.SAVEPOINT_AT_SERIALIZABLE, Level.TRANSACTION, Level.AUTOCOMMIT}) {
            history.clear();
            assertFinal(run(level, c -> execute(c, sql)), level, code);
        }
        history.clear();

        Outcome<Boolean> outcome = run(Level.SAVEPOINT_AT_SERIALIZABLE, c -> {
            update(c, ADD_ONE);
            assertThat(History.code(catchThrowable(() -> execute(c, sql)))).isEqualTo(code);
            update(c, ADD_ONE);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).isEmpty();
        assertThat(balance(1)).isEqualTo(2);
        assertOuterKept(Level.SAVEPOINT_AT_SERIALIZABLE);
    }

    @Test
    void aDeferredForeignKeyIsFinalAtCommitAndRolledBack() throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> {
            update(c, ADD_ONE);
            update(c, "INSERT INTO chi VALUES (1, 99)");
        });

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("step #1 COMMIT 787 GIVE_UP");
        assertThat(balance(1)).isZero();
        pool.assertAsFound();
    }

    @Test
    void aDeferredForeignKeyInASavepointIsFinalAtTheOuterCommit() throws SQLException {
        Outcome<Boolean> outcome =
                run(Level.SAVEPOINT_AT_SERIALIZABLE, c -> update(c, "INSERT INTO chi VALUES (1, 99)"));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("outer #1 COMMIT 787 GIVE_UP");
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION", "AUTOCOMMIT"})
    void aTableThatIsStillBeingReadOnTheSameConnectionIsFinal(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, c -> {
            try (Statement reading = c.createStatement();
                    ResultSet rows = reading.executeQuery("SELECT id FROM acct")) {
                assertThat(rows.next()).isTrue();
                execute(c, "DROP TABLE acct");
            }
        });

        assertFinal(outcome, level, "6");
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION", "AUTOCOMMIT"})
    void aWriteOfACallDeclaredReadOnlyIsFinal(Level level) throws SQLException {
        assertFinal(run(level, step.readOnly(), c -> update(c, ADD_ONE)), level, "8");
    }

    @Test
    void aConnectionThatMayOnlyReadRefusesToBegin() throws SQLException {
        execute(pool.physical(), "PRAGMA query_only = 1");
        pool.prepared();

        Outcome<Boolean> outcome = run(Level.TRANSACTION, c -> update(c, ADD_ONE));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines())
                .allMatch(line -> line.endsWith(" 8 GIVE_UP"))
                .hasSize(1);
        pool.assertAsFound();
    }

    private Outcome<Boolean> runOn(SQLiteDataSource source, Level level) {
        return level == Level.AUTOCOMMIT
                ? run(step, JdbcScope.autocommit(source), c -> update(c, ADD_ONE))
                : run(step, JdbcScope.transaction(source), c -> update(c, ADD_ONE));
    }

    private static SQLiteDataSource source(String url) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + url);
        return source;
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSACTION", "AUTOCOMMIT"})
    void aFileThatCannotBeOpenedIsFinal(Level level, @TempDir Path folder) {
        Outcome<Boolean> outcome = runOn(source(folder.resolve("missing/x.db") + "?open_mode=1"), level);

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("step #1 OPEN 14 GIVE_UP");
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSACTION", "AUTOCOMMIT"})
    void aFileThatIsNoDatabaseIsFinal(Level level, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("text.db"), "this is not a database".repeat(100));

        Outcome<Boolean> outcome = runOn(source(file.toString()), level);

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).hasSize(1).allMatch(line -> line.endsWith(" 26 GIVE_UP"));
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSACTION", "AUTOCOMMIT"})
    void aFileThatWasDeletedUnderTheConnectionIsFinal(Level level, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("moved.db");
        try (Connection mine = source(file.toString()).getConnection()) {
            execute(mine, "CREATE TABLE acct (id INTEGER PRIMARY KEY, bal INT)", "INSERT INTO acct VALUES (1, 0)");
            Files.delete(file);

            Outcome<Boolean> outcome = level == Level.AUTOCOMMIT
                    ? run(step, JdbcScope.autocommit(mine), c -> update(c, ADD_ONE))
                    : run(step, JdbcScope.transaction(mine), c -> update(c, ADD_ONE));

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
            assertThat(history.lines()).hasSize(1).allMatch(line -> line.endsWith(" 1032 GIVE_UP"));
            assertThat(mine.getAutoCommit()).isTrue();
        }
    }

    /** The busy timeout does not wait for another connection of the same cache, so dbop's delay has to. */
    @ParameterizedTest
    @ValueSource(strings = {"TRANSACTION", "AUTOCOMMIT"})
    void aSharedCacheThatIsWrittenToIsTriedAgain(Level level) throws SQLException {
        SQLiteDataSource shared = source("file:faults_" + level + "?mode=memory&cache=shared");
        try (Connection writer = shared.getConnection()) {
            execute(writer, "CREATE TABLE acct (id INT, bal INT)", "INSERT INTO acct VALUES (1, 0)");
            execute(writer, "BEGIN IMMEDIATE", ADD_TEN);
            history.after("step", 2, () -> execute(writer, "COMMIT"));

            assertSucceeded(runOn(shared, level));

            assertThat(query(writer, "SELECT bal FROM acct")).containsExactly("11");
        }
        String phase = level == Level.AUTOCOMMIT ? "OPERATION" : "OPEN";
        assertThat(history.lines())
                .containsExactly(
                        "step #1 " + phase + " 262 RETRY_TRANSACTION", "step #2 " + phase + " 262 RETRY_TRANSACTION");
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION", "AUTOCOMMIT"})
    void theBusyTimeoutIsTheOneOfTheAttemptAndThenTheOldOne(Level level) throws SQLException {
        pool.physical().unwrap(SQLiteConnection.class).setBusyTimeout(4321);
        pool.prepared();

        assertSucceeded(run(level, step.lockTimeout(Duration.ofMillis(1234)), c -> {
            assertThat(c.unwrap(SQLiteConnection.class).getBusyTimeout()).isEqualTo(1234);
            if (history.lines().isEmpty()) {
                throw new SQLException("made up", "HY000", 5);
            }
        }));

        assertThat(history.lines()).startsWith("step #1 OPERATION HY000 RETRY_TRANSACTION");
        assertThat(pool.physical().unwrap(SQLiteConnection.class).getBusyTimeout())
                .isEqualTo(4321);
        pool.assertAsFound();
    }

    @Test
    void aSavepointNeverLengthensTheBusyTimeoutOfItsTransaction() throws SQLException {
        pool.physical().unwrap(SQLiteConnection.class).setBusyTimeout(777);
        pool.prepared();

        assertSucceeded(run(
                Level.SAVEPOINT_AT_SERIALIZABLE,
                step.lockTimeout(Duration.ofSeconds(20)),
                c -> assertThat(query(c, "PRAGMA busy_timeout")).containsExactly("777")));

        pool.assertAsFound();
    }
}
