package dev.dbop.jdbc.guide;

// snippet: xact-status
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Pays money in, once, whether or not the answer to COMMIT arrives. */
final class PayIn {
    private final DbopRunner runner = DbopRunner.create().named("pay-in");
    private final DataSource dataSource;

    PayIn(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    int payIn(int account, int amount) throws SQLException {
        return runner.call(
                JdbcScope.transaction(dataSource, JdbcCommitProbe.pgXactStatus()),
                connection -> add(connection, account, amount));
    }

    private static int add(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            return update.executeUpdate();
        }
    }
}
// end snippet
