package dev.dbop.docs.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The last step of the tutorial: the answer to a COMMIT is lost. */
@RealDatabase(Database.POSTGRESQL)
class ProbedTest {
    private final TestDatabase db;

    ProbedTest(TestDatabase db) {
        this.db = db;
    }

    @Test
    void aTransferWhoseAnswerIsLostIsMadeOnce() throws SQLException {
        db.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT)", "INSERT INTO account VALUES (1, 0)");
        DbopRunner runner = DbopRunner.create().named("transfer");
        try (FaultProxy proxy = FaultProxy.to(db)) {
            PlannedFault lost = proxy.cutAfterForwarding(FaultProxy.commit());
            DataSource dataSource = db.dataSource(proxy);
            int amount = 10;
            // snippet: probed
            runner.run(JdbcScope.transaction(dataSource, JdbcCommitProbe.pgXactStatus()), connection -> {
                add(connection, 1, amount);
            });
            // end snippet
            assertThat(lost.hasHappened()).isTrue();
        }
        assertThat(db.number("SELECT balance FROM account")).isEqualTo(10);
    }

    private static void add(Connection connection, int account, int amount) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + " + amount + " WHERE id = " + account);
        }
    }
}
