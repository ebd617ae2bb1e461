package dev.dbop.examples.jooq;

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
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** Makes the trouble that {@link Transfers} survive; nothing to copy. */
public final class JooqExample {
    private final TestDatabase database;
    private final Transfers transfers;

    private JooqExample(TestDatabase database, DSLContext dsl) {
        this.database = database;
        this.transfers = new Transfers(DbopRunner.create().listeners(new Narrator()), dsl);
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL);
                HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.url());
            DSLContext dsl = DSL.using(pool, SQLDialect.POSTGRES);
            Bank.create(dsl);
            JooqExample example = new JooqExample(database, dsl);
            example.deadlock();
            example.killedSession();
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

    private void show() throws SQLException {
        System.out.println("  balances " + database.query("SELECT balance FROM account ORDER BY id"));
        System.out.println("  together " + transfers.total());
    }
}
