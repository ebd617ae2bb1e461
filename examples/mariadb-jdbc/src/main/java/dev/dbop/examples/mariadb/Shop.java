package dev.dbop.examples.mariadb;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** What an application does. Any data source will do, and {@code DbopRunner.create()} is enough of a runner. */
final class Shop {
    private final DbopRunner runner;
    private final DataSource dataSource;

    Shop(DbopRunner runner, DataSource dataSource) {
        this.runner = runner;
        this.dataSource = dataSource;
    }

    // snippet: copy
    /** All articles or none. */
    void order(String customer, int... articles) throws SQLException {
        runner.named("order").run(JdbcScope.transaction(dataSource), tx -> {
            book(tx, customer);
            for (int article : articles) {
                runner.named("reserve")
                        .lockTimeout(Duration.ofSeconds(5))
                        .run(JdbcScope.savepoint(tx), step -> reserve(step, article));
            }
        });
    }
    // end snippet

    static void book(Connection on, String customer) throws SQLException {
        try (PreparedStatement insert = on.prepareStatement("INSERT INTO purchase (customer) VALUES (?)")) {
            insert.setString(1, customer);
            insert.executeUpdate();
        }
    }

    static void reserve(Connection on, int article) throws SQLException {
        try (PreparedStatement update = on.prepareStatement("UPDATE stock SET pieces = pieces - 1 WHERE article = ?")) {
            update.setInt(1, article);
            update.executeUpdate();
        }
    }
}
