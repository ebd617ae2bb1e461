package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Counts the round trips of one UPDATE in each scope, the UPDATE's own included. The proxy delays each way, so that what
 * the client pipelines counts once.
 */
abstract class RoundTripsTest {
    private static final String UPDATE = "UPDATE trips SET v = v + 1 WHERE id = 1";
    private static final int MOST_TRIES = 5;

    private final TestDatabase db;
    private final int pipeliningLimit;
    private final int beforeOperation;
    private final FaultProxy proxy;
    private Pool pool;
    private final VertxRunner runner = VertxRunner.create(Clients.VERTX);
    private final VertxRunner limited =
            runner.with(r -> r.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20)));

    /**
     * Opens the pool.
     *
     * @param pipeliningLimit of the client
     * @param beforeOperation what the beginning of an attempt costs
     */
    RoundTripsTest(TestDatabase db, int pipeliningLimit, int beforeOperation) {
        this.db = db;
        this.pipeliningLimit = pipeliningLimit;
        this.beforeOperation = beforeOperation;
        this.proxy = FaultProxy.to(db);
        this.pool = open();
    }

    private Pool open() {
        return Clients.pool(
                db,
                proxy,
                1,
                options -> options instanceof MySQLConnectOptions mySql
                        ? mySql.setPipeliningLimit(pipeliningLimit)
                        : options);
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS trips",
                "CREATE TABLE trips (id INT PRIMARY KEY, v INT)",
                "INSERT INTO trips VALUES (1, 0)");
        warmUp();
    }

    private void warmUp() {
        trips(runner, VertxScope.transaction(pool));
        // Longer than a thread is usually kept from sending the rest.
        proxy.delay(Duration.ofMillis(25));
    }

    private void reconnect() {
        Clients.close(pool);
        proxy.delay(Duration.ZERO);
        pool = open();
        warmUp();
    }

    @AfterEach
    void close() {
        Clients.close(pool);
        proxy.close();
    }

    private static Future<?> update(SqlConnection connection) {
        return connection.query(UPDATE).execute();
    }

    private int trips(VertxRunner running, AsyncAttemptScope<SqlConnection> scope) {
        proxy.resetRoundTrips();
        Clients.await(running.call(scope, c -> update(c).map(true)));
        return proxy.roundTrips();
    }

    /** Of a step in a transaction that has begun. */
    private int tripsOfStep(VertxRunner running) {
        AtomicInteger trips = new AtomicInteger();
        Clients.await(runner.call(
                VertxScope.transaction(pool),
                c -> update(c)
                        .onSuccess(begun -> proxy.resetRoundTrips())
                        .compose(begun -> running.call(
                                VertxScope.savepoint(c), step -> update(step).map(true)))
                        .onSuccess(done -> trips.set(proxy.roundTrips()))));
        return trips.get();
    }

    /**
     * The fewest of several tries, each on a connection that has done none of it yet: a sender that is kept back for longer
     * than the delay can only add to them.
     */
    private void assertTrips(int expected, IntSupplier counted) {
        int fewest = counted.getAsInt();
        for (int tries = 1; tries < MOST_TRIES && fewest > expected; tries++) {
            reconnect();
            fewest = Math.min(fewest, counted.getAsInt());
        }
        assertThat(fewest).isEqualTo(expected);
    }

    @Test
    void aStatementThatCommitsOnItsOwnCostsNothingMore() {
        assertTrips(1, () -> trips(runner, VertxScope.autocommit(pool)));
    }

    @Test
    void aTransactionCostsItsCommit() {
        assertTrips(2 + beforeOperation, () -> trips(runner, VertxScope.transaction(pool)));
    }

    @Test
    void timeoutsAndIsolationOfATransactionCostNothing() {
        VertxRunner serializable = limited.with(r -> r.isolation(Isolation.SERIALIZABLE));

        assertTrips(2 + beforeOperation, () -> trips(serializable, VertxScope.transaction(pool)));
    }

    @Test
    void aStepCostsItsRelease() {
        assertTrips(2 + beforeOperation, () -> tripsOfStep(runner));
    }

    @Test
    void timeoutsOfAStepCostNothing() {
        assertTrips(2 + beforeOperation, () -> tripsOfStep(limited));
    }

    @Test
    void aLimitOnTheAttemptCostsNothing() {
        VertxRunner hurried = runner.with(RoundTripsTest::hurried);

        assertTrips(2 + beforeOperation, () -> trips(hurried, VertxScope.transaction(pool)));
    }

    private static DbopRunner hurried(DbopRunner settings) {
        return settings.policy(
                RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(20)).build());
    }
}
