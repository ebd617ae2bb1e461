package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.RecoveryTask;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guides on unanswered COMMITs and on two-phase commit. */
class OutcomeGuideTest {
    private final TestDatabase first;
    private final TestDatabase second;
    private final DbopRunner runner = DbopRunner.create().listeners();

    OutcomeGuideTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.MARIADB, pooled = true) TestDatabase second) {
        this.first = first;
        this.second = second;
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : List.of(first, second)) {
            db.execute("DROP TABLE IF EXISTS account", "CREATE TABLE account (id INT PRIMARY KEY, balance INT)");
            db.execute("INSERT INTO account VALUES (1, 100)");
        }
        first.execute("DROP TABLE IF EXISTS dbop_decision", "DROP TABLE IF EXISTS dbop_token");
    }

    private static int add(Connection connection, int amount) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE account SET balance = balance + " + amount + " WHERE id = 1");
        }
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aCommitWithoutAnAnswerIsLookedUp() throws SQLException {
        DataSource dataSource = first.dataSource();
        int rows = new PayIn(dataSource).payIn(1, 10);
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void anyDatabaseCanTellByAToken() throws SQLException {
        DataSource dataSource = second.dataSource();
        // snippet: token-row
        TokenTable tokens = TokenTable.named("dbop_token");
        execute(dataSource, tokens.create(Database.MARIADB)); // once, or in your schema migration

        runner.run(JdbcScope.transaction(dataSource, JdbcCommitProbe.tokenRow(tokens)), connection -> {
            add(connection, 10);
        });

        execute(dataSource, tokens.prune(Database.MARIADB, Duration.ofDays(1))); // now and then
        // end snippet
        assertThat(second.number("SELECT count(*) FROM dbop_token")).isEqualTo(1);
        second.execute("DROP TABLE dbop_token");
    }

    @Test
    void moneyIsMovedBetweenServers() throws SQLException {
        DataSource accounts = first.dataSource();
        DataSource ledger = second.dataSource();
        // snippet: decision-table
        String create = DecisionTable.named("dbop_decision").create(Database.POSTGRESQL);
        execute(accounts, create); // once, in the first database
        // end snippet
        MoveMoney moveMoney = new MoveMoney(accounts, ledger);
        TwoPhase twoPhase = moveMoney.twoPhase();
        assertThat(moveMoney.move(10)).isEqualTo(1);
        assertThat(first.number("SELECT balance FROM account")).isEqualTo(90);
        assertThat(second.number("SELECT balance FROM account")).isEqualTo(110);

        // snippet: recovery
        Recovery recovery = twoPhase.recovery();
        RecoveryReport report = recovery.recover(); // once, from anywhere

        RecoveryTask task = RecoveryTask.start(recovery, Duration.ofMinutes(1), done -> {}); // or again and again
        task.close(); // when the application stops
        // end snippet
        assertThat(report.isComplete()).isTrue();
    }
}
