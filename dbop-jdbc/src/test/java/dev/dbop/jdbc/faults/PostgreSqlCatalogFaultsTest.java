package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** Prepared statements that no longer fit, objects in use, and DDL that meets DDL. */
class PostgreSqlCatalogFaultsTest extends PostgreSqlFaultsTest {
    private static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";

    private boolean again;

    PostgreSqlCatalogFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private boolean firstTime() {
        boolean first = !again;
        again = true;
        return first;
    }

    /** Every statement is prepared on the server when it is first run. */
    private void prepareAtOnce() throws SQLException {
        pool.physical().unwrap(PGConnection.class).setPrepareThreshold(1);
    }

    private static long rows(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            long count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION"})
    void aPreparedStatementThatVanishedIsPreparedAnewInTheSameSavepoint(Level level) throws SQLException {
        prepareAtOnce();

        Outcome<Boolean> outcome = run(level, c -> {
            update(c, ADD_ONE);
            rows(c, "SELECT id FROM acct");
            if (firstTime()) {
                execute(c, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
            }
            assertThat(rows(c, "SELECT id FROM acct")).isEqualTo(3);
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 26000 RETRY_SAVEPOINT");
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @Test
    void aPreparedStatementThatVanishedInAutocommitIsHealedByTheDriver() throws SQLException {
        prepareAtOnce();

        assertSucceeded(run(Level.AUTOCOMMIT, c -> {
            rows(c, "SELECT id FROM acct");
            execute(c, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
            assertThat(rows(c, "SELECT id FROM acct")).isEqualTo(3);
        }));

        assertThat(history.lines()).isEmpty();
        pool.assertAsFound();
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION"})
    void aPlanOutdatedByDdlIsPlannedAnewInTheSameSavepoint(Level level) throws SQLException {
        prepareAtOnce();
        rows(pool.physical(), "SELECT * FROM uq");
        db.execute("ALTER TABLE uq ADD COLUMN w int");

        Outcome<Boolean> outcome = run(level, c -> {
            update(c, ADD_ONE);
            rows(c, "SELECT * FROM uq");
        });

        assertSucceeded(outcome);
        assertThat(history.lines()).containsExactly("step #1 OPERATION 0A000 RETRY_SAVEPOINT");
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION", "AUTOCOMMIT"})
    void whatTheServerCannotDoAtAllIsFinal(Level level) throws SQLException {
        db.execute("INSERT INTO par VALUES (1)");

        Outcome<Boolean> outcome = run(level, c -> execute(c, "TRUNCATE par"));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp("0A000", "GIVE_UP"));
        pool.assertAsFound();
    }

    /** The server itself waits five seconds for the template to be left. */
    @Test
    void aTemplateInUseIsCopiedOnceItIsFree() throws SQLException {
        String copy = db.name() + "_copy";
        try (TestSession user = TestSession.open(db);
                TestDatabase elsewhere = db.server().createDatabase(db.driver());
                PoolOfOne there = new PoolOfOne(elsewhere, elsewhere.dataSource())) {
            history.after("step", 1, user::close);
            pool = there;
            String create = "CREATE DATABASE " + copy + " TEMPLATE " + db.name();

            assertSucceeded(run(Level.AUTOCOMMIT, c -> execute(c, create)));
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION 55006 RETRY_SAVEPOINT");
        assertThat(db.number("SELECT count(*) FROM pg_database WHERE datname = ?", copy))
                .isEqualTo(1);
        db.execute("DROP DATABASE " + copy);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_READ_COMMITTED", "TRANSACTION"})
    void aTableTheSessionItselfStillReadsIsFinal(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, c -> {
            try (Statement cursor = c.createStatement()) {
                cursor.setFetchSize(1);
                try (ResultSet rows = cursor.executeQuery("SELECT id FROM acct")) {
                    assertThat(rows.next()).isTrue();
                    execute(c, "ALTER TABLE acct ADD COLUMN w int");
                }
            }
        });

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).isEqualTo(level.goesUp("55006", "GIVE_UP"));
        pool.assertAsFound();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE TABLE IF NOT EXISTS made (id int)|23505",
                "CREATE OR REPLACE FUNCTION made() RETURNS int LANGUAGE sql AS 'SELECT 1'|23505",
                "GRANT SELECT ON acct TO PUBLIC|XX000"
            })
    void ddlThatMetTheSameDdlIsRunAgain(String ddl, String code) throws SQLException {
        for (Level level : new Level[] {Level.TRANSACTION, Level.AUTOCOMMIT, Level.SAVEPOINT_AT_READ_COMMITTED}) {
            history.clear();
            again = false;
            db.execute("DROP TABLE IF EXISTS made", "DROP FUNCTION IF EXISTS made", "REVOKE ALL ON acct FROM PUBLIC");

            Outcome<Boolean> outcome = whileOtherRuns(ddl, level);

            assertThat(outcome).as("at %s", level).isInstanceOf(Outcome.Success.class);
            assertThat(history.lines()).isEqualTo(level.goesUp(code, "RETRY_TRANSACTION"));
            assertOuterKept(level);
        }
    }

    private Outcome<Boolean> whileOtherRuns(String ddl, Level level) throws SQLException {
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", ddl);
            return run(level, c -> {
                if (firstTime()) {
                    long self = db.sessionId(c);
                    meanwhile(other, own -> {
                        db.awaitBlocked(self);
                        execute(own, "COMMIT");
                        return true;
                    });
                }
                execute(c, ddl);
            });
        }
    }
}
