package dev.dbop.vertx.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import dev.dbop.vertx.VertxCommitProbe;
import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.POSTGRESQL)
final class VertxGuideTest {
    private final TestDatabase db;
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;
    private final VertxRunner runner;

    VertxGuideTest(TestDatabase db) {
        this.db = db;
        PgConnectOptions options = new PgConnectOptions()
                .setHost(db.server().host())
                .setPort(db.server().port())
                .setDatabase(db.name())
                .setUser(db.login().user())
                .setPassword(db.login().password());
        this.pool = PgBuilder.pool()
                .using(vertx)
                .with(new PoolOptions().setMaxSize(4))
                .connectingTo(options)
                .build();
        this.runner = VertxRunner.of(vertx, DbopRunner.create().listeners());
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
                "INSERT INTO account VALUES (1, 100), (2, 100)");
    }

    @AfterEach
    void close() {
        await(pool.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private static Future<Integer> add(SqlConnection on, int account, int amount) {
        return on.query("UPDATE account SET balance = balance + " + amount + " WHERE id = " + account)
                .execute()
                .map(updated -> updated.rowCount());
    }

    private long balance(int account) throws SQLException {
        return db.number("SELECT balance FROM account WHERE id = ?", account);
    }

    @Test
    void theFirstExampleMovesMoney() throws SQLException {
        assertThat(await(new Transfers(vertx, pool).transfer(1, 2, 10))).isEqualTo(1);
        assertThat(balance(1)).isEqualTo(90);
        assertThat(balance(2)).isEqualTo(110);
    }

    @Test
    void theOtherScopesDoAsTheySay() throws SQLException {
        // snippet: scopes
        Future<Integer> one = runner.call(VertxScope.autocommit(pool), on -> add(on, 1, 5)); // no transaction

        Future<Integer> mine = pool.withConnection(
                own -> // your connection: two transactions, one after the other
                runner.call(VertxScope.transaction(own), tx -> add(tx, 1, 5))
                        .compose(done -> runner.call(VertxScope.join(own), tx -> add(tx, 1, 5))));
        // end snippet

        assertThat(await(one)).isEqualTo(1);
        assertThat(await(mine)).isEqualTo(1);
        assertThat(balance(1)).isEqualTo(115);
    }

    @Test
    void statementsMayBeSentAllAtOnce() throws SQLException {
        // snippet: at-once
        Future<Integer> both = runner.call(VertxScope.transaction(pool), tx -> {
            Future<Integer> taken = add(tx, 1, -10); // both go out at once, behind BEGIN and its settings
            Future<Integer> given = add(tx, 2, 10);
            return Future.all(taken, given).map(done -> taken.result() + given.result());
        });
        // end snippet

        assertThat(await(both)).isEqualTo(2);
        assertThat(balance(2)).isEqualTo(110);
    }

    @Test
    void aCommitIsProbed() throws SQLException {
        // snippet: probe
        Future<Integer> rows =
                runner.call(VertxScope.transaction(pool, VertxCommitProbe.pgXactStatus()), tx -> add(tx, 1, 10));
        // end snippet
        assertThat(await(rows)).isEqualTo(1);

        TokenTable tokens = TokenTable.named("dbop_token");
        db.execute(tokens.create(Database.POSTGRESQL));
        Future<Integer> written =
                runner.call(VertxScope.transaction(pool, VertxCommitProbe.tokenRow(tokens)), tx -> add(tx, 1, 10));
        assertThat(await(written)).isEqualTo(1);
        assertThat(balance(1)).isEqualTo(120);
    }

    @Test
    void limitsHoldOnTheServer() throws SQLException {
        // snippet: limits
        VertxRunner limited = runner.with(r -> r.lockTimeout(Duration.ofSeconds(2))
                .statementTimeout(Duration.ofSeconds(5))
                .policy(RetryPolicy.builder()
                        .attemptTimeout(Duration.ofSeconds(10))
                        .maxDuration(Duration.ofSeconds(30))
                        .build()));
        // end snippet

        Future<Integer> rows = limited.call(VertxScope.transaction(pool), tx -> add(tx, 1, 10));
        assertThat(await(rows)).isEqualTo(1);
    }

    @Test
    void aCallEndsWithWhatItIsFor() throws SQLException {
        Promise<Void> gone = Promise.promise();
        Future<Void> closed = gone.future();
        try (TestSession other = TestSession.open(db)) {
            // The call waits for this row: it cannot be done before nobody waits for it.
            other.run("BEGIN", "UPDATE account SET balance = balance WHERE id = 1");
            // snippet: until
            Future<Integer> rows = runner.until(closed) // of the HTTP request's connection, say
                    .call(VertxScope.transaction(pool), tx -> add(tx, 1, 10));
            // end snippet
            gone.complete();

            assertThatThrownBy(() -> await(rows))
                    .isInstanceOfAny(CancellationException.class, CompletionException.class);
        }
    }
}
