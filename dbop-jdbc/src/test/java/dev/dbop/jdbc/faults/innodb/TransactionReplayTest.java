package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The option of MariaDB's driver that runs transactions again without a word. */
abstract class TransactionReplayTest extends InnoDbFaultsTest {
    TransactionReplayTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** It would repeat a COMMIT that travels in a batch, and statements outside the transaction they were in. */
    @Test
    void isRefused() throws SQLException {
        String url = db.url() + "&transactionReplay=true";
        DataSource source = opening(() -> DriverManager.getConnection(url));
        try (Connection connection = DriverManager.getConnection(url)) {
            for (AttemptScope<Connection, SQLException> scope : List.of(
                    JdbcScope.transaction(source), JdbcScope.autocommit(source), JdbcScope.transaction(connection))) {
                assertThat(failureOf(whole, scope, c -> note(c, "work")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("transactionReplay");
            }
        }
        assertThat(noted("work")).isZero();
    }
}
