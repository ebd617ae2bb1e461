package dev.dbop.examples.postgres;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** What an application does. Any data source will do, and {@code DbopRunner.create()} is enough of a runner. */
final class Payments {
    private final DbopRunner runner;
    private final DataSource dataSource;

    Payments(DbopRunner runner, DataSource dataSource) {
        this.runner = runner;
        this.dataSource = dataSource;
    }

    // snippet: copy
    void pay(int from, int to, int amount) throws SQLException {
        runner.named("pay").run(JdbcScope.transaction(dataSource, JdbcCommitProbe.pgXactStatus()), tx -> {
            add(tx, from, -amount);
            add(tx, to, amount);
            runner.named("count") // a row that everybody wants: do not wait long, and only this is run again
                    .lockTimeout(Duration.ofMillis(300))
                    .run(JdbcScope.savepoint(tx), step -> count(step, amount));
        });
    }

    /** One account may be overdrawn, but not all of them together: a rule that only SERIALIZABLE can keep. */
    void withdraw(int account, int amount) throws SQLException {
        runner.named("withdraw").isolation(Isolation.SERIALIZABLE).run(JdbcScope.transaction(dataSource), tx -> {
            int left = total(tx);
            if (left < amount) {
                throw new IllegalArgumentException("there are only " + left);
            }
            add(tx, account, -amount);
        });
    }
    // end snippet

    private static void add(Connection on, int account, int amount) throws SQLException {
        try (PreparedStatement update = on.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            update.executeUpdate();
        }
    }

    private static void count(Connection on, int amount) throws SQLException {
        try (PreparedStatement update = on.prepareStatement("UPDATE turnover SET paid = paid + ?")) {
            update.setInt(1, amount);
            update.executeUpdate();
        }
    }

    private static int total(Connection on) throws SQLException {
        try (PreparedStatement query = on.prepareStatement("SELECT sum(balance) FROM account");
                ResultSet result = query.executeQuery()) {
            result.next();
            return result.getInt(1);
        }
    }
}
