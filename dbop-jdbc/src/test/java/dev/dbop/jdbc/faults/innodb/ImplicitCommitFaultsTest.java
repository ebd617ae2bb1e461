package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DDL commits what was done before it, even when it fails itself. What follows may fail as retryably as it likes: the
 * first part is durable, so nothing is run again.
 */
abstract class ImplicitCommitFaultsTest extends InnoDbFaultsTest {
    private static final String DDL = "CREATE TABLE extra (id INT PRIMARY KEY)";
    private static final String FAILING_DDL = "CREATE TABLE acc (id INT PRIMARY KEY)";
    /** Retryable as such; the server itself undoes nothing. */
    private static final String FAILURE = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO=1213, MESSAGE_TEXT='x'";

    private static final String CODE = "1213/40001";

    private final AtomicInteger runs = new AtomicInteger();

    ImplicitCommitFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        db.execute(
                "DROP TABLE IF EXISTS extra, other", "DROP VIEW IF EXISTS vw", "DROP PROCEDURE IF EXISTS committing");
    }

    private void assertGivenUp(String... lines) throws SQLException {
        assertThat(history.lines()).containsExactly(lines);
        assertThat(runs).hasValue(1);
        assertThat(noted("outer")).as("what the DDL has committed").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inATransactionKeepsItFromBeingRunAgain(boolean timeouts) throws SQLException {
        DbopRunner runner = timeouts ? whole : plain;
        onPool(pool -> failureOf(runner, JdbcScope.transaction(pool), tx -> {
            runs.incrementAndGet();
            note(tx, "outer");
            execute(tx, DDL);
            note(tx, "after");
            execute(tx, FAILURE);
        }));
        assertGivenUp("whole 1 OPERATION GIVE_UP " + CODE, "whole: NOT_RETRYABLE");
        // With autocommit off, as with timeouts and always with MariaDB's driver, the rest is a transaction of its own;
        // begun
        // in SQL, it commits at once.
        assertThat(noted("after")).isEqualTo(timeouts || !connectorJ ? 0 : 1);
    }

    @Test
    void inAStepKeepsTheEnclosingTransactionFromBeingRunAgain() throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            runs.incrementAndGet();
            note(tx, "outer");
            step.run(JdbcScope.savepoint(tx), s -> {
                execute(s, DDL);
                execute(s, FAILURE);
            });
        }));
        assertGivenUp(
                "step 1 OPERATION GIVE_UP " + CODE,
                "step: NOT_RETRYABLE",
                "whole 1 OPERATION GIVE_UP " + CODE,
                "whole: NOT_RETRYABLE");
    }

    @Test
    void inAStepBeforeALockTimeoutKeepsTheEnclosingTransactionFromBeingRunAgain() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> {
                    execute(s, DDL);
                    execute(s, "SELECT v FROM acc WHERE id = 1 FOR UPDATE NOWAIT");
                });
            }));
            other.run("ROLLBACK");
        }
        String code = mariaDb ? "1205/HY000" : "3572/HY000";
        assertGivenUp(
                "step 1 OPERATION GIVE_UP " + code,
                "step: NOT_RETRYABLE",
                "whole 1 OPERATION GIVE_UP " + code,
                "whole: NOT_RETRYABLE");
    }

    @Test
    void inAStepOfTheCallersOwnTransactionIsGivenUp() throws SQLException {
        try (TestSession other = heavyweight()) {
            onConnection(connection -> {
                connection.setAutoCommit(false);
                note(connection, "outer");
                failureOf(step, JdbcScope.savepoint(connection), s -> {
                    runs.incrementAndGet();
                    execute(s, DDL);
                    cross(s, other);
                });
                connection.rollback();
                connection.setAutoCommit(true);
            });
        }
        assertGivenUp("step 1 OPERATION GIVE_UP " + CODE, "step: NOT_RETRYABLE");
    }

    /** Nothing fails but the release of a savepoint that is gone. */
    @Test
    void inAStepThatSucceedsIsReportedAndNotRepeated() throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            runs.incrementAndGet();
            note(tx, "outer");
            step.run(JdbcScope.savepoint(tx), s -> execute(s, DDL));
        }));
        assertGivenUp(
                "step 1 COMMIT GIVE_UP 1305/42000",
                "step: NOT_RETRYABLE",
                "whole 1 OPERATION GIVE_UP 1305/42000",
                "whole: NOT_RETRYABLE");
    }

    /** The text of a call tells nothing, but the server's answer to it does. */
    @Test
    void byAProcedureInAStepIsNoticedAtOnce() throws SQLException {
        db.execute("CREATE PROCEDURE committing() BEGIN INSERT INTO lg (who) VALUES ('called'); COMMIT; END");
        try (TestSession other = holding(1)) {
            onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> {
                    execute(s, "CALL committing()");
                    execute(s, "SELECT v FROM acc WHERE id = 1 FOR UPDATE NOWAIT");
                });
            }));
            other.run("ROLLBACK");
        }
        assertGivenUp(
                "step 1 OPERATION GIVE_UP 0/2D000",
                "step: NOT_RETRYABLE",
                "whole 1 OPERATION GIVE_UP 0/2D000",
                "whole: NOT_RETRYABLE");
        assertThat(noted("called")).isEqualTo(1);
    }

    @Test
    void inAStepWhoseFailureTheOperationSwallowsRefusesTheRest() throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            runs.incrementAndGet();
            note(tx, "outer");
            assertThatThrownBy(() -> step.run(JdbcScope.savepoint(tx), s -> execute(s, FAILING_DDL)))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
        }));
        assertGivenUp(
                "step 1 OPERATION GIVE_UP 1050/42S01",
                "step: NOT_RETRYABLE",
                "whole 1 OPERATION GIVE_UP 1050/42S01",
                "whole: NOT_RETRYABLE");
        assertThat(noted("tail")).isZero();
    }

    @Test
    void thatFailedCommitsAllTheSame() throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            runs.incrementAndGet();
            note(tx, "outer");
            try {
                execute(tx, FAILING_DDL);
            } catch (SQLException swallowed) {
                execute(tx, FAILURE);
            }
        }));
        assertGivenUp("whole 1 OPERATION GIVE_UP " + CODE, "whole: NOT_RETRYABLE");
    }

    @Test
    void preparedOrInABatchIsSeenToo() throws SQLException {
        List<Use<Connection>> ways = List.of(
                c -> {
                    try (PreparedStatement ddl = c.prepareStatement(" /* nightly */ " + DDL)) {
                        ddl.execute();
                    }
                },
                c -> {
                    try (Statement batch = c.createStatement()) {
                        batch.addBatch("INSERT INTO ma VALUES (1)");
                        batch.addBatch("DROP TABLE extra");
                        batch.executeBatch();
                    }
                });
        for (Use<Connection> way : ways) {
            onPool(pool -> failureOf(plain, JdbcScope.transaction(pool), tx -> {
                runs.incrementAndGet();
                way.on(tx);
                execute(tx, FAILURE);
            }));
        }
        assertThat(runs).hasValue(2);
        assertThat(db.number("SELECT COUNT(*) FROM ma")).isEqualTo(1);
    }

    @Test
    void ofEverySortIsRecognised() throws SQLException {
        db.execute("CREATE TABLE other (id INT PRIMARY KEY, x INT)");
        List<String> repeated = new ArrayList<>();
        onPool(pool -> {
            for (String sql : implicitCommits()) {
                runs.set(0);
                failureOf(plain, JdbcScope.transaction(pool), tx -> {
                    if (runs.incrementAndGet() == 1) {
                        note(tx, "outer");
                        execute(tx, sql);
                        assertThat(noted("outer")).as(sql + " commits").isEqualTo(1);
                        execute(tx, "UNLOCK TABLES");
                    }
                    execute(tx, FAILURE);
                });
                if (runs.get() > 1) {
                    repeated.add(sql);
                }
                db.execute("DELETE FROM lg");
            }
        });
        assertThat(repeated).isEmpty();
    }

    private List<String> implicitCommits() {
        List<String> all = new ArrayList<>(List.of(
                "TRUNCATE TABLE ma",
                "CREATE INDEX ix ON other (x)",
                "DROP INDEX ix ON other",
                "CREATE VIEW vw AS SELECT * FROM acc",
                "DROP VIEW vw",
                "ALTER TABLE other ADD COLUMN y INT",
                "RENAME TABLE other TO extra, extra TO other",
                "ANALYZE TABLE ma",
                "OPTIMIZE TABLE ma",
                "CHECK TABLE ma",
                "FLUSH TABLES",
                "LOCK TABLES ma READ",
                "CREATE USER 'dbop_faults'@'%' IDENTIFIED BY 'a secret'",
                "SET PASSWORD FOR 'dbop_faults'@'%' = " + (mariaDb ? "PASSWORD('another')" : "'another'"),
                "GRANT SELECT ON " + db.name() + ".* TO 'dbop_faults'@'%'",
                "REVOKE SELECT ON " + db.name() + ".* FROM 'dbop_faults'@'%'",
                "DROP USER 'dbop_faults'@'%'"));
        all.addAll(mariaDb ? List.of("CREATE SEQUENCE sq", "RESET QUERY CACHE") : List.of("LOAD INDEX INTO CACHE ma"));
        return all;
    }

    /** With timeouts the attempt has switched autocommit off; switching it on would commit, so it is refused. */
    @ParameterizedTest
    @ValueSource(strings = {"SET autocommit=1", "SET SESSION autocommit = ON", "set @@session.`autocommit` := 1"})
    void bySwitchingAutocommitOnInSqlIsRefused(String sql) throws SQLException {
        onPool(pool -> failureOf(whole, JdbcScope.transaction(pool), tx -> {
            note(tx, "outer");
            execute(tx, sql);
        }));
        assertThat(history.lines()).containsExactly("whole 1 OPERATION GIVE_UP 0/2D000", "whole: NOT_RETRYABLE");
        assertThat(noted("outer")).isZero();
    }

    /** A temporary table is the session's own and commits nothing. */
    @Test
    void ofATemporaryTableDoesNotCommit() throws SQLException {
        onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
            note(tx, "outer");
            execute(tx, "CREATE TEMPORARY TABLE IF NOT EXISTS tt (id INT)", "DROP TEMPORARY TABLE tt");
            if (runs.incrementAndGet() == 1) {
                execute(tx, FAILURE);
            }
        }));
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_TRANSACTION " + CODE);
        assertThat(noted("outer")).isEqualTo(1);
    }
}
