package dev.dbop.examples.mariadb;

import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.Servers;
import dev.dbop.examples.support.Task;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Makes the trouble that {@link Shop} survives; nothing to copy. */
public final class MariaDbExample {
    private final TestDatabase database;
    private final Narrator narrator = new Narrator();
    private final Shop shop;

    private MariaDbExample(TestDatabase database) {
        this.database = database;
        this.shop = new Shop(DbopRunner.create().listeners(narrator), database.dataSource());
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        try (TestDatabase database = Servers.createDatabase(Database.MARIADB)) {
            database.execute(
                    "CREATE TABLE purchase (customer VARCHAR(20) NOT NULL)",
                    "CREATE TABLE stock (article INT PRIMARY KEY, pieces INT NOT NULL)",
                    "INSERT INTO stock VALUES (1, 10), (2, 10), (3, 10), (4, 10), (5, 10)");
            MariaDbExample example = new MariaDbExample(database);
            example.lockTimeout();
            LoopedShop looped = new LoopedShop(database.dataSource());
            example.deadlock("a deadlock, and a loop around the statement:", () -> looped.order("Bob", 1, 2));
            example.deadlock("the same deadlock, and dbop:", () -> example.shop.order("Carol", 1, 2));
        }
    }

    /** The rival holds the second article until the step has failed once. */
    private void lockTimeout() throws SQLException {
        System.out.println("an article that is not to be had, in a step:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE stock SET pieces = pieces WHERE article = 2");
            narrator.afterFailureOf("reserve", () -> rival.run("COMMIT"));
            shop.order("Alice", 1, 2);
        }
        show();
    }

    /** Both hold one article and want the other; InnoDB ends the one that has changed fewer rows: not the rival. */
    private void deadlock(String title, Task order) throws SQLException {
        System.out.println(title);
        try (TestSession rival = TestSession.open(database)) {
            rival.run(
                    "BEGIN",
                    "UPDATE stock SET pieces = pieces + 1 WHERE article > 1",
                    "UPDATE stock SET pieces = pieces - 1 WHERE article > 1");
            CompletableFuture<Void> ordering = Task.beside(order);
            database.awaitBlocked();
            rival.run("UPDATE stock SET pieces = pieces WHERE article = 1", "COMMIT");
            ordering.join();
        }
        show();
    }

    private void show() throws SQLException {
        System.out.println("  orders of " + database.query("SELECT customer FROM purchase ORDER BY customer")
                + ", pieces left " + database.query("SELECT pieces FROM stock WHERE article < 3 ORDER BY article"));
    }
}
