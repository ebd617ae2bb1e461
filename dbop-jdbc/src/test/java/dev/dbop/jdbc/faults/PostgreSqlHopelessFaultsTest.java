package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What trying again cannot help: tried once at every level, undone, and the connection as it was. */
class PostgreSqlHopelessFaultsTest extends PostgreSqlFaultsTest {
    PostgreSqlHopelessFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private void assertFinal(Level level, String code, Step operation) throws SQLException {
        history.clear();

        Outcome<Boolean> outcome = run(level, c -> {
            if (level != Level.AUTOCOMMIT) {
                update(c, "UPDATE acct SET bal = bal + 1 WHERE id = 1");
            }
            operation.run(c);
        });

        assertThat(outcome).as("%s at %s", code, level).isInstanceOf(Outcome.Failure.class);
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp(code, "GIVE_UP"));
        assertThat(balance(1)).isZero();
        assertThat(outerRows()).isZero();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "42601 | SELEC 1",
                "42P01 | SELECT 1 FROM missing",
                "22012 | SELECT 1/0",
                "25001 | VACUUM acct",
                "3B001 | ROLLBACK TO SAVEPOINT missing",
                "54000 | SELECT repeat('x', 1200000000)",
                "P0001 | DO $$ BEGIN RAISE 'a business rule'; END $$",
                "40002 | DO $$ BEGIN RAISE 'made up' USING ERRCODE = '40002'; END $$",
                "58030 | DO $$ BEGIN RAISE 'made up' USING ERRCODE = '58030'; END $$"
            })
    void aStatementThatCannotWorkIsFinal(String code, String sql) throws SQLException {
        for (Level level : Level.values()) {
            boolean needsTransaction = code.equals("25001") || code.equals("3B001");
            if (level != Level.AUTOCOMMIT || !needsTransaction) {
                assertFinal(level, code, c -> execute(c, sql));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION", "AUTOCOMMIT"})
    void aLockTableThatIsFullIsFinal(Level level) throws SQLException {
        assertFinal(
                level,
                "53200",
                c -> query(c, "SELECT count(pg_advisory_xact_lock(i)) FROM generate_series(1, 300000) i"));
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION"})
    void aLimitOfTheConfigurationIsFinal(Level level) throws SQLException {
        assertFinal(level, "53400", c -> {
            execute(c, "SET LOCAL temp_file_limit = '64kB'", "SET LOCAL work_mem = '64kB'");
            query(c, "SELECT count(*) FROM (SELECT i FROM generate_series(1, 100000) i ORDER BY random()) x");
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION", "AUTOCOMMIT"})
    void aStackThatIsTooDeepIsFinal(Level level) throws SQLException {
        db.execute("CREATE OR REPLACE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS"
                + " $$ BEGIN RETURN deep(n + 1); END $$");

        assertFinal(level, "54001", c -> query(c, "SELECT deep(1)"));
    }

    /** A file that is always full stands for a disk that is. */
    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION", "AUTOCOMMIT"})
    void aFullDiskIsFinal(Level level) throws SQLException {
        assumeThat(Files.exists(Path.of("/dev/full"))).as("/dev/full").isTrue();

        assertFinal(
                level,
                "53100",
                c -> execute(c, "COPY (SELECT repeat('x', 100) FROM generate_series(1, 10000)) TO '/dev/full'"));
    }

    @ParameterizedTest
    @EnumSource
    void aWriteOfAReadOnlySessionIsFinal(Level level) throws SQLException {
        execute(pool.physical(), "SET default_transaction_read_only = on");
        pool.prepared();

        Outcome<Boolean> outcome = level.isSavepoint()
                ? run(
                        outer.isolation(Objects.requireNonNull(level.outer())),
                        JdbcScope.transaction(pool),
                        tx -> step.run(JdbcScope.savepoint(tx), c -> update(c, "UPDATE acct SET bal = 1")))
                : run(level, c -> update(c, "UPDATE acct SET bal = 1"));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp("25006", "GIVE_UP"));
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aWriteOfACallDeclaredReadOnlyIsFinal(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, step.readOnly(), c -> update(c, "UPDATE acct SET bal = 1"));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp("25006", "GIVE_UP"));
        assertThat(balance(1)).isZero();
        pool.assertAsFound();
    }

    @Test
    void anAnswerThatTheServerDoesNotKnowTheOutcomeIsTakenAtItsWord() throws SQLException {
        Outcome<Boolean> outcome =
                run(Level.AUTOCOMMIT, c -> execute(c, "DO $$ BEGIN RAISE 'made up' USING ERRCODE = '40003'; END $$"));

        assertThat(History.code(assertFailed(outcome).failure())).isEqualTo("OutcomeUnknownException(40003)");
        assertThat(history.lines()).containsExactly("step #1 OPERATION 40003 OUTCOME_UNKNOWN");
    }

    @Test
    void aDatabaseThatExistsIsFinal() throws SQLException {
        Outcome<Boolean> outcome = run(Level.AUTOCOMMIT, c -> execute(c, "CREATE DATABASE " + db.name()));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 42P04 GIVE_UP");
    }

    @ParameterizedTest
    @CsvSource({"3D000, missing, ", "28000, , missing"})
    void aLoginThatCannotWorkIsFinal(String code, String database, String user) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(db.url());
        if (database != null) {
            source.setDatabaseName(database);
        }
        if (user != null) {
            source.setUser(user);
        }

        Outcome<Boolean> outcome = run(step, JdbcScope.transaction(source), c -> update(c, "UPDATE acct SET bal = 1"));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).containsExactly("step #1 OPEN " + code + " GIVE_UP");
    }
}
