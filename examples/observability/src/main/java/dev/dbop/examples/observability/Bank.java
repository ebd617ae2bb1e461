package dev.dbop.examples.observability;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Accounts and a journal of transfers. */
final class Bank {
    private final DbopRunner runner;
    private final DataSource source;

    Bank(DbopRunner runner, DataSource source) {
        this.runner = runner;
        this.source = source;
    }

    void transfer(int from, int to, int amount) throws SQLException {
        runner.named("transfer").run(JdbcScope.transaction(source), connection -> {
            add(connection, from, -amount);
            runner.named("credit").run(JdbcScope.savepoint(connection), step -> add(step, to, amount));
        });
    }

    /** Fails if there is such an account: nothing to retry. */
    void open(int account) throws SQLException {
        runner.named("open-account")
                .run(
                        JdbcScope.transaction(source),
                        connection -> update(connection, "INSERT INTO account VALUES (?, ?)", account, 100));
    }

    private static void add(Connection connection, int account, int amount) throws SQLException {
        update(connection, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
    }

    private static void update(Connection connection, String sql, int first, int second) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, first);
            statement.setInt(2, second);
            statement.executeUpdate();
        }
    }
}
