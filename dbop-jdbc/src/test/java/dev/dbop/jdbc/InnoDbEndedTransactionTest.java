package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.testkit.TestDatabase;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Procedures, prepared DDL and DDL in comments. */
abstract class InnoDbEndedTransactionTest extends EndedTransactionTest {
    private static final String BEFORE = "INSERT INTO noted VALUES ('before')";

    InnoDbEndedTransactionTest(TestDatabase db) {
        super(db);
    }

    @BeforeEach
    void createProcedures() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS extra",
                "DROP PROCEDURE IF EXISTS committing",
                "DROP PROCEDURE IF EXISTS undoing",
                "DROP PROCEDURE IF EXISTS harmless",
                "CREATE PROCEDURE committing() BEGIN INSERT INTO noted VALUES ('called'); COMMIT; END",
                "CREATE PROCEDURE undoing() BEGIN INSERT INTO noted VALUES ('called'); ROLLBACK; END",
                "CREATE PROCEDURE harmless() BEGIN SELECT 1; SELECT 2; END");
    }

    private static void call(Connection c, String procedure) throws SQLException {
        try (CallableStatement statement = c.prepareCall("{call " + procedure + "()}")) {
            statement.execute();
        }
    }

    private static void executedDdl(Connection c) throws SQLException {
        PlainSql.execute(c, "PREPARE p FROM 'CREATE TABLE IF NOT EXISTS extra (id INT)'");
        PlainSql.execute(c, "EXECUTE p");
    }

    @Test
    void byAProcedureIsNotRepeated() throws SQLException {
        assertNotRepeated(BEFORE, c -> call(c, "committing"));
        assertThat(noted("called")).isEqualTo(1);
    }

    /** With autocommit off nothing shows that a transaction was open at all. */
    @Test
    void byAProcedureThatRunsFirstIsNotRepeated() throws SQLException {
        assertNotRepeated("SELECT 1", c -> call(c, "committing"));
        assertThat(noted("called")).isEqualTo(1);
    }

    @Test
    void byPreparedDdlIsNotRepeated() throws SQLException {
        assertNotRepeated(BEFORE, InnoDbEndedTransactionTest::executedDdl);
    }

    @Test
    void byDdlInACommentIsNotRepeated() throws SQLException {
        assertNotRepeated(BEFORE, c -> PlainSql.execute(c, "/*!40101 CREATE TABLE IF NOT EXISTS extra (id INT) */"));
    }

    @Test
    void byWhatNobodyAnnouncedIsRefused() throws SQLException {
        assertRefused(c -> call(c, "committing"));
        assertRefused(InnoDbEndedTransactionTest::executedDdl);
    }

    @Test
    void byAProcedureThatRollsBackIsRefusedToo() throws SQLException {
        assertRefused(c -> call(c, "undoing"));
        assertThat(noted("before")).isZero();
    }

    @Test
    void leavesTheSessionAsItWas() throws SQLException {
        assertSessionUnharmed(c -> call(c, "committing"));
    }

    @Test
    void isNotSeenWhereAProcedureOnlyReads() throws SQLException {
        DbopRunner runner = DbopRunner.create().named("reading").listeners();
        for (DbopRunner with : new DbopRunner[] {runner, runner.lockTimeout(Duration.ofSeconds(1))}) {
            with.run(JdbcScope.transaction(db.dataSource()), c -> {
                assertThatThrownBy(() -> PlainSql.execute(c, "SELEKT")).isInstanceOf(SQLException.class);
                call(c, "harmless");
                PlainSql.execute(c, "INSERT INTO noted VALUES ('before')");
                assertThatThrownBy(() -> PlainSql.execute(c, "SELEKT")).isInstanceOf(SQLException.class);
                call(c, "harmless");
            });
        }
        assertThat(noted("before")).isEqualTo(2);
    }
}
