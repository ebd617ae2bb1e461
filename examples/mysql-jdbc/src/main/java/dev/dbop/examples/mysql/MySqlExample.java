package dev.dbop.examples.mysql;

import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.Servers;
import dev.dbop.examples.support.Task;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Makes the trouble that {@link Tickets} survives; nothing to copy. */
public final class MySqlExample {
    private final TestDatabase database;
    private final FaultProxy proxy;
    private final Narrator narrator = new Narrator();
    private final Tickets tickets;

    private MySqlExample(TestDatabase database, FaultProxy proxy) {
        this.database = database;
        this.proxy = proxy;
        this.tickets = new Tickets(DbopRunner.create().listeners(narrator), database.dataSource(proxy));
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        try (TestDatabase database = Servers.createDatabase(Database.MYSQL);
                FaultProxy proxy = FaultProxy.to(database)) {
            database.execute(
                    "CREATE TABLE concert (id INT PRIMARY KEY, seats INT NOT NULL)",
                    "INSERT INTO concert VALUES (1, 100)",
                    "CREATE TABLE ticket (number INT PRIMARY KEY AUTO_INCREMENT, concert INT NOT NULL)");
            MySqlExample example = new MySqlExample(database, proxy);
            example.tickets.install();
            example.killedSession();
            example.statementTimeout();
            example.lostAnswer();
            example.lostCommit();
        }
    }

    /** An administrator ends the session while it waits for the rival's row. */
    private void killedSession() throws SQLException {
        System.out.println("a session that is killed:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE concert SET seats = seats WHERE id = 1");
            CompletableFuture<Void> sale = Task.beside(this::sell);
            database.kill(database.awaitBlocked());
            rival.run("COMMIT");
            sale.join();
        }
        show();
    }

    /** The rival holds the row until the sale has failed once. */
    private void statementTimeout() throws SQLException {
        System.out.println("an UPDATE that takes too long:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE concert SET seats = seats WHERE id = 1");
            narrator.afterFailureOf("sell", () -> rival.run("COMMIT"));
            sell();
        }
        show();
    }

    /** The connection is cut while the server answers. */
    private void lostAnswer() throws SQLException {
        System.out.println("a COMMIT whose answer is lost:");
        proxy.cutAfterForwarding(FaultProxy.commit());
        sell();
        show();
    }

    /** The connection is cut before the server has got it. To the application that looks the same. */
    private void lostCommit() throws SQLException {
        System.out.println("a COMMIT that is lost itself:");
        proxy.cutBeforeForwarding(FaultProxy.commit());
        sell();
        show();
    }

    private void sell() throws SQLException {
        int number = tickets.sell(1);
        boolean there = database.number("SELECT COUNT(*) FROM ticket WHERE number = ?", number) == 1;
        System.out.println("  " + (there ? "the ticket of that number is there" : "there is no ticket of that number"));
    }

    private void show() throws SQLException {
        System.out.println("  tickets sold " + database.number("SELECT COUNT(*) FROM ticket") + ", seats left "
                + database.number("SELECT seats FROM concert"));
    }
}
