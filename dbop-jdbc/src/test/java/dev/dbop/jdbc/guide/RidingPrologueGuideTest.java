package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guide on riding prologues. */
@RealDatabase(Database.POSTGRESQL)
class RidingPrologueGuideTest {
    private final TestDatabase db;

    RidingPrologueGuideTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS account", "CREATE TABLE account (id INT PRIMARY KEY, balance INT)");
        db.execute("INSERT INTO account VALUES (1, 100), (2, 0)");
    }

    private static int add(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            statement.setInt(1, amount);
            statement.setInt(2, account);
            return statement.executeUpdate();
        }
    }

    @Test
    void aTransactionAndAStep() throws SQLException {
        DataSource dataSource = db.dataSource();
        // snippet: riding
        DbopRunner runner = DbopRunner.create()
                .named("transfer")
                .lockTimeout(Duration.ofSeconds(3))
                .statementTimeout(Duration.ofSeconds(10));

        runner.run(JdbcScope.ridingPrologue(JdbcScope.transaction(dataSource)), tx -> {
            add(tx, 1, -10); // takes SET LOCAL … along
            runner.run(JdbcScope.ridingPrologue(JdbcScope.savepoint(tx)), step -> {
                add(step, 2, 10); // takes SAVEPOINT and the time limits along
            });
        });
        // end snippet
        assertThat(db.query("SELECT balance FROM account ORDER BY id")).containsExactly("90", "10");
    }
}
