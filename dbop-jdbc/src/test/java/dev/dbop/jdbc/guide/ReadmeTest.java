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
import org.junit.jupiter.api.Test;

/** The README's example, run. */
@RealDatabase(Database.POSTGRESQL)
class ReadmeTest {
    private final TestDatabase db;

    ReadmeTest(TestDatabase db) {
        this.db = db;
    }

    private static void insertLedger(Connection c, int from, int to, int amount) throws SQLException {
        try (PreparedStatement insert = c.prepareStatement("INSERT INTO ledger VALUES (?, ?, ?)")) {
            insert.setInt(1, from);
            insert.setInt(2, to);
            insert.setInt(3, amount);
            insert.executeUpdate();
        }
    }

    private static void add(Connection c, int account, int amount) throws SQLException {
        try (PreparedStatement update = c.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            update.executeUpdate();
        }
    }

    @Test
    void theExampleMovesMoney() throws SQLException {
        db.execute(
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT)", "INSERT INTO account VALUES (1, 50), (2, 0)");
        db.execute("CREATE TABLE ledger (sender INT, receiver INT, amount INT)");

        transfer(db.dataSource());

        assertThat(db.query("SELECT balance FROM account ORDER BY id")).containsExactly("40", "10");
        assertThat(db.number("SELECT count(*) FROM ledger")).isEqualTo(1);
    }

    private static void transfer(DataSource dataSource) throws SQLException {
        // snippet: example
        DbopRunner runner = DbopRunner.create().lockTimeout(Duration.ofMillis(200));

        // run again as a whole when it must be
        runner.named("transfer").run(JdbcScope.transaction(dataSource), tx -> {
            add(tx, 1, -10);
            add(tx, 2, 10);
            // run again alone when that will do
            runner.named("ledger").run(JdbcScope.savepoint(tx), step -> insertLedger(step, 1, 2, 10));
        });
        // end snippet
    }
}
