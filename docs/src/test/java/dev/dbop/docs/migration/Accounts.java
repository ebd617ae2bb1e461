package dev.dbop.docs.migration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What the transfers of all these guides are made of. */
final class Accounts {
    private Accounts() {}

    // snippet: add
    static void add(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            update.executeUpdate();
        }
    }
    // end snippet
}
