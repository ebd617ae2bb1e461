package dev.dbop.docs.migration;

import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.SerializableTransactionRunner;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

// snippet: class
final class JdbiBefore implements Transfers {
    private final Jdbi jdbi;

    JdbiBefore(DataSource dataSource) {
        this.jdbi = Jdbi.create(dataSource);
        jdbi.setTransactionHandler(new SerializableTransactionRunner());
        jdbi.getConfig(SerializableTransactionRunner.Configuration.class).setMaxRetries(5);
    }

    @Override
    public void transfer(int from, int to, int amount) {
        jdbi.useTransaction(TransactionIsolationLevel.SERIALIZABLE, handle -> {
            handle.execute("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
            handle.execute("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
        });
    }
}
// end snippet
