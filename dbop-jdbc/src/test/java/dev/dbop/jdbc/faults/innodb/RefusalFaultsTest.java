package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;

/** What trying again cannot help: given up at every level, whatever class of exception the driver makes of it. */
abstract class RefusalFaultsTest extends InnoDbFaultsTest {
    private static final String DUPLICATE = "INSERT INTO acc VALUES (1, 0)";
    private static final String RAISING = "INSERT INTO mb VALUES (1)";

    RefusalFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        db.execute(
                "DROP TRIGGER IF EXISTS refuse",
                "CREATE TRIGGER refuse BEFORE INSERT ON mb FOR EACH ROW"
                        + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'closed for today'");
    }

    /** In a savepoint, in a transaction, in autocommit mode; then swallowed, which leaves the transaction alive. */
    private void assertGivenUp(String code, String sql) throws SQLException {
        onPool(pool -> {
            failureOf(whole, JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> stated(s, sql));
            });
            assertThat(history.lines()).isEqualTo(givenUp(code));
            history.forget();
            failureOf(plain, JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                stated(tx, sql);
            });
            failureOf(whole, JdbcScope.autocommit(pool), c -> stated(c, sql));
            String line = "whole 1 OPERATION GIVE_UP " + code;
            assertThat(history.lines()).containsExactly(line, "whole: NOT_RETRYABLE", line, "whole: NOT_RETRYABLE");
            assertThat(noted("outer")).isZero();
            assertSwallowed(pool.getConnection(), sql);
        });
    }

    private void assertSwallowed(Connection connection, String sql) throws SQLException {
        history.forget();
        try (connection) {
            whole.run(JdbcScope.transaction(connection), tx -> {
                note(tx, "head");
                try {
                    step.run(JdbcScope.savepoint(tx), s -> {
                        note(s, "step");
                        stated(s, sql);
                    });
                } catch (SQLException swallowed) {
                    note(tx, "tail");
                }
            });
        }
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("step")).isZero();
        assertThat(noted("tail")).isEqualTo(1);
    }

    private static void stated(Connection connection, String sql) throws SQLException {
        execute(connection, sql);
    }

    @Test
    void aDuplicateKey() throws SQLException {
        assertGivenUp("1062/23000", DUPLICATE);
    }

    @Test
    void aBusinessRuleThatATriggerRaises() throws SQLException {
        assertGivenUp("1644/45000", RAISING);
    }

    /** The name of the class says "transient": MariaDB's driver has nothing else for a SQLSTATE it does not know. */
    @Test
    void aBusinessRuleThatTheDriverCallsTransient() throws SQLException {
        try (Connection connection = db.connect()) {
            Exception failure = failureOf(plain, JdbcScope.autocommit(connection), c -> update(c, RAISING));
            assertThat(failure instanceof SQLTransientConnectionException).isEqualTo(!connectorJ);
        }
        assertThat(history.lines()).containsExactly("whole 1 OPERATION GIVE_UP 1644/45000", "whole: NOT_RETRYABLE");
    }

    @Test
    void aSyntaxError() throws SQLException {
        assertGivenUp("1064/42000", "SELEKT 1");
    }

    @Test
    void aWriteInAReadOnlyTransaction() throws SQLException {
        onPool(pool -> {
            failureOf(plain.readOnly(), JdbcScope.transaction(pool), tx -> update(tx, "UPDATE acc SET v = 9"));
            failureOf(whole.readOnly(), JdbcScope.transaction(pool), tx -> {
                execute(tx, "SELECT * FROM ma");
                step.run(JdbcScope.savepoint(tx), s -> update(s, "UPDATE acc SET v = 9"));
            });
        });
        assertThat(history.lines())
                .filteredOn(line -> line.contains(" 1 "))
                .hasSize(3)
                .allMatch(line -> line.endsWith("OPERATION GIVE_UP 1792/25006"));
        assertThat(value(1)).isZero();
    }

    /** Before execute(), unlike executeUpdate(), Connector/J asks the server first and then sends nothing. */
    @Test
    void aWriteInReadOnlyAutocommitMode() throws SQLException {
        onPool(pool -> {
            failureOf(whole.readOnly(), JdbcScope.autocommit(pool), c -> update(c, "UPDATE acc SET v = 9"));
            failureOf(whole.readOnly(), JdbcScope.autocommit(pool), c -> execute(c, "UPDATE acc SET v = 9"));
        });
        assertThat(history.lines())
                .containsExactly(
                        "whole 1 OPERATION GIVE_UP 1792/25006",
                        "whole: NOT_RETRYABLE",
                        "whole 1 OPERATION GIVE_UP " + (connectorJ ? "0/S1009" : "1792/25006"),
                        "whole: NOT_RETRYABLE");
        assertThat(value(1)).isZero();
    }

    @Test
    void aChangeOfTheAccessModeInsideATransaction() throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            note(tx, "outer");
            step.run(JdbcScope.savepoint(tx), s -> execute(s, "SET TRANSACTION READ ONLY"));
        }));
        assertThat(history.lines()).isEqualTo(givenUp("1568/25001"));
        assertThat(noted("outer")).isZero();
    }
}
