package dev.dbop.examples.vertxpg;

import dev.dbop.DbopRunner;
import dev.dbop.RunEvent;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.PostgresDeadlock;
import dev.dbop.examples.support.Servers;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import dev.dbop.vertx.VertxRunner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;

/** Makes the trouble that {@link Transfers} survive; nothing to copy. */
public final class VertxPgExample {
    private static final Future<?> NEVER = Promise.promise().future();

    private final TestDatabase database;
    private final FaultProxy proxy;
    private final Promise<Void> undone = Promise.promise();
    private final Transfers transfers;

    private VertxPgExample(TestDatabase database, FaultProxy proxy, Vertx vertx, Pool pool) {
        this.database = database;
        this.proxy = proxy;
        DbopRunner runner = DbopRunner.create().listeners(new Narrator(), event -> {
            if (event instanceof RunEvent.GaveUp) {
                undone.complete();
            }
        });
        this.transfers = new Transfers(VertxRunner.of(vertx, runner), pool);
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        Vertx vertx = Vertx.vertx();
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL);
                FaultProxy proxy = FaultProxy.to(database)) {
            database.execute(
                    "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
                    "INSERT INTO account VALUES (1, 100), (2, 100)");
            Pool pool = pool(vertx, database, proxy);
            VertxPgExample example = new VertxPgExample(database, proxy, vertx, pool);
            example.deadlock();
            example.lostAnswer();
            example.callerIsGone();
            pool.close().await();
        } finally {
            vertx.close().await();
        }
    }

    private static Pool pool(Vertx vertx, TestDatabase database, FaultProxy proxy) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost("localhost")
                .setPort(proxy.port())
                .setDatabase(database.name())
                .setUser(database.login().user())
                .setPassword(database.login().password());
        return PgBuilder.pool().using(vertx).connectingTo(options).build();
    }

    private void deadlock() throws SQLException {
        System.out.println("a deadlock:");
        PostgresDeadlock.provoke(
                database, () -> transfers.transfer(1, 2, 10, NEVER).toCompletionStage());
        show();
    }

    /** The connection is cut while the server answers. */
    private void lostAnswer() throws SQLException {
        System.out.println("a COMMIT whose answer is lost:");
        proxy.cutAfterForwarding(FaultProxy.commit());
        transfers.transfer(1, 2, 10, NEVER).await();
        show();
    }

    /** The caller leaves while the transfer waits for the rival's row. */
    private void callerIsGone() throws SQLException {
        System.out.println("a caller who does not wait for the end:");
        Promise<Void> gone = Promise.promise();
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE account SET balance = balance WHERE id = 2");
            Future<Void> transfer = transfers.transfer(1, 2, 10, gone.future());
            database.awaitBlocked();
            gone.complete();
            transfer.otherwiseEmpty().await(); // at once; what it has done is undone a moment later
            undone.future().await();
            rival.run("COMMIT");
        }
        show();
    }

    private void show() throws SQLException {
        System.out.println("  balances " + database.query("SELECT balance FROM account ORDER BY id"));
    }
}
