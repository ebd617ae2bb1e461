package dev.dbop.examples.springboot;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Service;

/** Accounts, and transfers between them that are done once, however often they are asked for. */
@Service
class Bank {
    private final DbopRunner runner;
    private final DataSource dataSource;

    Bank(DbopRunner runner, DataSource dataSource) {
        this.runner = runner.named("transfer").idempotent(); // what the id of a transfer makes true
        this.dataSource = dataSource;
    }

    // snippet: transfer
    void transfer(Transfer asked) {
        Outcome<Boolean> outcome = runner.tryCall(JdbcScope.transaction(dataSource), tx -> {
            JdbcClient sql = on(tx);
            boolean isNew = sql.sql("INSERT INTO transfer VALUES (?) ON CONFLICT DO NOTHING")
                            .param(asked.id())
                            .update()
                    == 1;
            if (isNew) {
                add(sql, asked.from(), -asked.amount());
                add(sql, asked.to(), asked.amount());
            }
            return isNew;
        });
        if (outcome instanceof Outcome.Failure<Boolean> failed) {
            throw new TransferFailedException(asked.id(), failed.reason(), failed.failure());
        }
    }
    // end snippet

    /** Spring's client on the attempt's connection. */
    private static JdbcClient on(Connection tx) {
        return JdbcClient.create(new SingleConnectionDataSource(tx, true));
    }

    private static void add(JdbcClient sql, int account, int amount) {
        int rows = sql.sql("UPDATE account SET balance = balance + ? WHERE id = ?")
                .params(amount, account)
                .update();
        if (rows == 0) {
            throw new IllegalArgumentException("account " + account + " does not exist: name one that does");
        }
    }

    void open() {
        JdbcClient sql = JdbcClient.create(dataSource);
        sql.sql("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)")
                .update();
        sql.sql("CREATE TABLE transfer (id TEXT PRIMARY KEY)").update();
        sql.sql("INSERT INTO account VALUES (1, 1000), (2, 1000)").update();
    }

    List<Integer> balances() {
        return JdbcClient.create(dataSource)
                .sql("SELECT balance FROM account ORDER BY id")
                .query((row, number) -> row.getInt(1))
                .list();
    }
}
