package dev.dbop.examples.twophase;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Accounts in PostgreSQL and a ledger in MariaDB; together they always hold the same sum. */
final class Bank implements AutoCloseable {
    static final int ACCOUNTS = 20;
    static final int BALANCE = 1_000;

    private final HikariDataSource accounts;
    private final HikariDataSource ledger;

    Bank(String accountsUrl, String ledgerUrl) {
        this.accounts = pool(accountsUrl);
        this.ledger = pool(ledgerUrl);
    }

    private static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(8);
        return new HikariDataSource(config);
    }

    TwoPhase twoPhase() throws SQLException {
        return TwoPhase.builder()
                .branch("accounts", accounts)
                .branch("ledger", ledger)
                .build();
    }

    void open() throws SQLException {
        try (Connection connection = accounts.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        }
        for (HikariDataSource pool : List.of(accounts, ledger)) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
                for (int id = 0; id < ACCOUNTS; id++) {
                    statement.executeUpdate("INSERT INTO account VALUES (" + id + ", " + BALANCE + ")");
                }
            }
        }
    }

    /** What both databases hold, as anybody sees it who looks now. */
    int[] sums() throws SQLException {
        return new int[] {sum(accounts), sum(ledger)};
    }

    private static int sum(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT SUM(balance) FROM account")) {
            return result.next() ? result.getInt(1) : 0;
        }
    }

    @Override
    public void close() {
        accounts.close();
        ledger.close();
    }
}
