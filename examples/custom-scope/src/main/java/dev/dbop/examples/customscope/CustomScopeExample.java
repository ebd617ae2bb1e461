package dev.dbop.examples.customscope;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.PostgresDeadlock;
import dev.dbop.examples.support.Servers;
import dev.dbop.examples.support.Task;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes the trouble that {@link Transfers} survive; nothing to copy. */
public final class CustomScopeExample {
    private final TestDatabase database;
    private final DbopRunner runner = DbopRunner.create().listeners(new Narrator());
    private final SpringScope scope;
    private final Transfers transfers;

    private CustomScopeExample(TestDatabase database, DataSource pool) {
        TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(pool));
        this.database = database;
        this.scope = SpringScope.transaction(template, pool);
        this.transfers = new Transfers(runner, scope, new Ledger(template, new JdbcTemplate(pool)));
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL);
                HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.url());
            Bank.create(new JdbcTemplate(pool));
            CustomScopeExample example = new CustomScopeExample(database, pool);
            example.deadlock();
            example.killedSession();
            example.swallowedFailure();
        }
    }

    private void deadlock() throws SQLException {
        System.out.println("a deadlock:");
        PostgresDeadlock.provoke(database, () -> Task.beside(() -> transfers.transfer(1, 2, 10)));
        show();
    }

    /** An administrator ends the session while it waits for the rival's row. */
    private void killedSession() throws SQLException {
        System.out.println("a session that is killed:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE account SET balance = balance WHERE id = 2");
            CompletableFuture<Void> transfer = Task.beside(() -> transfers.transfer(1, 2, 5));
            database.kill(database.awaitBlocked());
            rival.run("COMMIT");
            transfer.join();
        }
        show();
    }

    /** PostgreSQL would answer COMMIT with ROLLBACK, and no error. */
    private void swallowedFailure() throws SQLException {
        System.out.println("a failure that the code swallows:");
        try {
            runner.named("careless").run(scope, tx -> {
                Bank.add(tx, 2, 1000);
                try {
                    Bank.add(tx, 1, -1000);
                } catch (DataIntegrityViolationException swallowed) {
                    // goes on as if nothing had happened
                }
            });
        } catch (DataIntegrityViolationException refused) {
            System.out.println("  the caller gets what was swallowed");
        }
        show();
    }

    private void show() throws SQLException {
        System.out.println("  balances " + database.query("SELECT balance FROM account ORDER BY id"));
        System.out.println("  ledger " + database.query("SELECT entry FROM ledger ORDER BY entry"));
    }
}
