package dev.dbop.jdbc.guide;

// snippet: class
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The statements, on the connection of one attempt. Knows nothing of transactions and retries. */
final class JdbcAccounts implements Accounts {
    private final Connection connection;

    JdbcAccounts(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void pay(int from, int to, int amount) throws SQLException {
        add(from, -amount);
        add(to, amount);
    }

    private void add(int id, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, id);
            update.executeUpdate();
        }
    }

    // and so on: balance, interest, rename
    // end snippet

    @Override
    public int balance(int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT balance FROM account WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Override
    public int interest(int percent) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + balance * ? / 100")) {
            update.setInt(1, percent);
            return update.executeUpdate();
        }
    }

    @Override
    public void rename(int id, String owner) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE account SET owner = ? WHERE id = ?")) {
            update.setString(1, owner);
            update.setInt(2, id);
            update.executeUpdate();
        }
    }
    // snippet: class
}
// end snippet
