package dev.dbop.examples.customscope;

import org.springframework.jdbc.core.JdbcTemplate;

/** Accounts, by Spring, without a word of dbop. */
final class Bank {
    private Bank() {}

    static void create(JdbcTemplate jdbc) {
        jdbc.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT CHECK (balance >= 0))");
        jdbc.execute("INSERT INTO account VALUES (1, 100), (2, 100)");
        jdbc.execute("CREATE TABLE ledger (entry TEXT)");
    }

    static void add(JdbcTemplate tx, int account, int amount) {
        tx.update("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
    }
}
