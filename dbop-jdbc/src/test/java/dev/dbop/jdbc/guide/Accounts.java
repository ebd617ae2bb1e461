package dev.dbop.jdbc.guide;

// snippet: interface
import dev.dbop.Retried;
import dev.dbop.sql.Isolation;
import java.sql.SQLException;

/** What the application does with accounts; each method is one transaction. */
interface Accounts {
    void pay(int from, int to, int amount) throws SQLException;

    @Retried(readOnly = true, maxRetries = 2)
    int balance(int id) throws SQLException;

    @Retried(isolation = Isolation.SERIALIZABLE, maxRetries = 10, maxDuration = "1m")
    int interest(int percent) throws SQLException;

    @Retried(name = "rename-account", idempotent = true, lockTimeout = "3s")
    void rename(int id, String owner) throws SQLException;
}
// end snippet
