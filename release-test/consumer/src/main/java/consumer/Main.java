package consumer;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A transaction that survives, on SQLite and PostgreSQL, and a call by each adapter. */
public final class Main {

    private Main() {}

    /**
     * Runs it.
     *
     * @param arguments none
     * @throws SQLException if a database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        for (Database kind : List.of(Database.SQLITE, Database.POSTGRESQL)) {
            try (TestServer server = TestServers.start(kind);
                    TestDatabase database = server.createDatabase(ClientDriver.OWN)) {
                database.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)");
                database.execute("INSERT INTO account VALUES (1, 100), (2, 100)");
                survive(database);
                Adapters.jooq(database);
                if (kind == Database.POSTGRESQL) {
                    // Hibernate itself does not start from a module path: its dependencies require modules it leaves out
                    if (Main.class.getModule().isNamed()) {
                        Adapters.hibernate();
                    } else {
                        Adapters.hibernate(database);
                    }
                    Adapters.vertx(database);
                }
            }
        }
        Module module = Main.class.getModule();
        System.out.println("consumer: " + (module.isNamed() ? "module path" : "class path") + " on Java "
                + Runtime.version().feature() + ": passed");
    }

    /** The first attempt loses its connection or finds the database locked, after half of its work. */
    private static void survive(TestDatabase database) throws SQLException {
        DataSource dataSource = database.dataSource();
        AtomicInteger attempts = new AtomicInteger();
        DbopRunner.create().named("transfer").run(JdbcScope.transaction(dataSource), tx -> {
            add(tx, 1, -10);
            if (attempts.incrementAndGet() == 1) {
                disturb(database, tx);
            }
            add(tx, 2, 10);
        });
        expect("[90, 110]", database.query("SELECT balance FROM account ORDER BY id"));
        expect(2, attempts.get());
    }

    private static void disturb(TestDatabase database, Connection tx) throws SQLException {
        if (database.database() == Database.POSTGRESQL) {
            database.kill(database.sessionId(tx));
        } else {
            throw new SQLException("[SQLITE_BUSY] The database file is locked", null, 5);
        }
    }

    private static void add(Connection tx, int account, int amount) throws SQLException {
        try (Statement statement = tx.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + " + amount + " WHERE id = " + account);
        }
    }

    static void expect(Object expected, Object actual) {
        if (!expected.toString().equals(String.valueOf(actual))) {
            throw new IllegalStateException("expected " + expected + ", got " + actual);
        }
    }
}
