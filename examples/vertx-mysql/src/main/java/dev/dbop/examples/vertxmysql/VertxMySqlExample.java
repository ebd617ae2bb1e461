package dev.dbop.examples.vertxmysql;

import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.Servers;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import dev.dbop.vertx.VertxRunner;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.util.Locale;

/** Makes the trouble that {@link Election} survives; nothing to copy. */
public final class VertxMySqlExample {
    private final TestDatabase database;
    private final Narrator narrator;
    private final Election election;

    private VertxMySqlExample(TestDatabase database, Narrator narrator, Election election) {
        this.database = database;
        this.narrator = narrator;
        this.election = election;
    }

    /**
     * Runs the example.
     *
     * @param arguments {@code mysql}, the default, or {@code mariadb}
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        Database kind = Database.valueOf((arguments.length > 0 ? arguments[0] : "mysql").toUpperCase(Locale.ROOT));
        Vertx vertx = Vertx.vertx();
        try (TestDatabase database = Servers.createDatabase(kind)) {
            database.execute(
                    "CREATE TABLE ballot (voter VARCHAR(20) PRIMARY KEY)",
                    "CREATE TABLE party (id INT PRIMARY KEY, votes INT NOT NULL)",
                    "INSERT INTO party VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)");
            Pool pool = pool(vertx, database);
            Narrator narrator = new Narrator();
            VertxRunner runner = VertxRunner.of(vertx, DbopRunner.create().listeners(narrator));
            VertxMySqlExample example = new VertxMySqlExample(database, narrator, new Election(runner, pool));
            example.lockTimeout();
            example.deadlock();
            example.killedSession();
            pool.close().await();
        } finally {
            vertx.close().await();
        }
    }

    private static Pool pool(Vertx vertx, TestDatabase database) {
        MySQLConnectOptions options = new MySQLConnectOptions()
                .setHost(database.server().host())
                .setPort(database.server().port())
                .setDatabase(database.name())
                .setUser(database.login().user())
                .setPassword(database.login().password())
                .setPipeliningLimit(16); // else the client waits for each answer
        return MySQLBuilder.pool().using(vertx).connectingTo(options).build();
    }

    /** The rival holds the party's row until the step has failed once. */
    private void lockTimeout() throws SQLException {
        System.out.println("a row that is not to be had, in a step:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE party SET votes = votes WHERE id = 1");
            narrator.afterFailureOf("count", () -> rival.run("COMMIT"));
            election.vote("Alice", 1).await();
        }
        show();
    }

    /** Both hold one row and want the other; InnoDB ends the one that has changed fewer rows: not the rival. */
    private void deadlock() throws SQLException {
        System.out.println("a deadlock, in a step:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE party SET votes = votes + 1", "UPDATE party SET votes = votes - 1");
            Future<Integer> vote = election.vote("Bob", 1);
            database.awaitBlocked();
            rival.run("DELETE FROM ballot WHERE voter = 'Bob'", "COMMIT");
            vote.await();
        }
        show();
    }

    /** An administrator ends the session while it waits for the rival's row. */
    private void killedSession() throws SQLException {
        System.out.println("a session that is killed:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE party SET votes = votes WHERE id = 1");
            Future<Integer> vote = election.vote("Carol", 1);
            database.kill(database.awaitBlocked());
            rival.run("COMMIT");
            vote.await();
        }
        show();
    }

    private void show() throws SQLException {
        System.out.println("  ballots of " + database.query("SELECT voter FROM ballot ORDER BY voter")
                + ", votes counted " + database.number("SELECT votes FROM party WHERE id = 1"));
    }
}
