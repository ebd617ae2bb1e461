package dev.dbop.examples.sqlite;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** What an application does. Any data source will do, and {@code DbopRunner.create()} is enough of a runner. */
final class Stock {
    private final DbopRunner runner;
    private final DataSource dataSource;

    Stock(DbopRunner runner, DataSource dataSource) {
        this.runner = runner.lockTimeout(Duration.ofSeconds(1));
        this.dataSource = dataSource;
    }

    // snippet: copy
    /** Takes pieces out if so many are there. */
    boolean take(int pieces) throws SQLException {
        return runner.named("take").call(JdbcScope.transaction(dataSource), tx -> {
            if (pieces(tx) < pieces) {
                return false;
            }
            remove(tx, pieces);
            return true;
        });
    }

    /** Does not wait for writers, and they not for it. */
    int pieces() throws SQLException {
        return runner.named("look").readOnly().call(JdbcScope.transaction(dataSource), Stock::pieces);
    }
    // end snippet

    static int pieces(Connection on) throws SQLException {
        try (PreparedStatement query = on.prepareStatement("SELECT pieces FROM dbop_example_stock");
                ResultSet result = query.executeQuery()) {
            result.next();
            return result.getInt(1);
        }
    }

    static void remove(Connection on, int pieces) throws SQLException {
        try (PreparedStatement update = on.prepareStatement("UPDATE dbop_example_stock SET pieces = pieces - ?")) {
            update.setInt(1, pieces);
            update.executeUpdate();
        }
    }
}
