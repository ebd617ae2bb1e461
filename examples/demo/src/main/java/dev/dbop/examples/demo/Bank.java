package dev.dbop.examples.demo;

import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The schema, and the SQL of a transfer. The ledger says what was ordered, the movements what happened to the balances;
 * a transfer that is whole has one row in each. No unique key stands in the way of a second row, as in many a ledger.
 */
final class Bank {
    /** Few enough for workers to meet on them, and to meet crosswise. */
    static final int ACCOUNTS = 24;

    static final long OPENING_BALANCE = 1_000_000_000L;

    /** Where dbop leaves a token in each transaction, on databases that cannot tell by a transaction's number. */
    static final TokenTable TOKENS = TokenTable.named("dbop_token");

    private Bank() {}

    static void create(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL)",
                "CREATE TABLE ledger (transfer bigint NOT NULL, payer int NOT NULL, payee int NOT NULL, amount bigint NOT NULL)",
                "CREATE TABLE movement (transfer bigint NOT NULL, payer int NOT NULL, payee int NOT NULL, amount bigint NOT NULL)",
                "CREATE INDEX ledger_transfer ON ledger (transfer)",
                TOKENS.create(database.database()));
        for (int account = 0; account < ACCOUNTS; account++) {
            database.execute("INSERT INTO account VALUES (" + account + ", " + OPENING_BALANCE + ")");
        }
    }

    /** The outer work of a transfer: a look at the payer's balance, and the row in the ledger. */
    static void book(Connection connection, Transfer transfer) throws SQLException {
        long balance = number(connection, "SELECT balance FROM account WHERE id = ?", transfer.payer());
        if (balance < transfer.amount()) {
            throw new IllegalStateException("account " + transfer.payer() + " holds " + balance
                    + " cents: the demo never spends that much; its counting is wrong");
        }
        insert(connection, "ledger", transfer);
    }

    /** The step of a transfer that contends: two balances in the order of the transfer, so that deadlocks happen. */
    static void move(Connection connection, Transfer transfer) throws SQLException {
        add(connection, transfer.payer(), -transfer.amount());
        add(connection, transfer.payee(), transfer.amount());
        insert(connection, "movement", transfer);
    }

    private static void add(Connection connection, int account, long cents) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            statement.setLong(1, cents);
            statement.setInt(2, account);
            statement.executeUpdate();
        }
    }

    private static void insert(Connection connection, String table, Transfer transfer) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?, ?)")) {
            statement.setLong(1, transfer.id());
            statement.setInt(2, transfer.payer());
            statement.setInt(3, transfer.payee());
            statement.setLong(4, transfer.amount());
            statement.executeUpdate();
        }
    }

    private static long number(Connection connection, String sql, long parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}
