package dev.dbop.examples.mysql;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** What an application does. Any data source will do, and {@code DbopRunner.create()} is enough of a runner. */
final class Tickets {
    private final DbopRunner runner;
    private final DataSource dataSource;

    Tickets(DbopRunner runner, DataSource dataSource) {
        this.runner = runner;
        this.dataSource = dataSource;
    }

    // snippet: copy
    private static final TokenTable TOKENS = TokenTable.named("dbop_token");

    /** Once, when the application is installed: each sale leaves a token, by which its COMMIT can be asked for. */
    void install() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TOKENS.create(Database.MYSQL));
        }
    }

    /** Sells one ticket, and returns its number: the one that is in the database. */
    int sell(int concert) throws SQLException {
        return runner.named("sell")
                .statementTimeout(Duration.ofSeconds(5))
                .call(JdbcScope.transaction(dataSource, JdbcCommitProbe.tokenRow(TOKENS)), tx -> {
                    takeSeat(tx, concert);
                    return insertTicket(tx, concert);
                });
    }
    // end snippet

    private static void takeSeat(Connection on, int concert) throws SQLException {
        try (PreparedStatement update = on.prepareStatement("UPDATE concert SET seats = seats - 1 WHERE id = ?")) {
            update.setInt(1, concert);
            update.executeUpdate();
        }
    }

    private static int insertTicket(Connection on, int concert) throws SQLException {
        try (PreparedStatement insert =
                on.prepareStatement("INSERT INTO ticket (concert) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setInt(1, concert);
            insert.executeUpdate();
            try (ResultSet number = insert.getGeneratedKeys()) {
                number.next();
                return number.getInt(1);
            }
        }
    }
}
