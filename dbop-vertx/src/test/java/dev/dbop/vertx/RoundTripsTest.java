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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Counts the round trips of one UPDATE in each scope, the UPDATE's own included. The proxy delays each way, so that what
 * the client pipelines counts once.
 */
abstract class RoundTripsTest {
    private static final String UPDATE = "UPDATE trips SET v = v + 1 WHERE id = 1";

    private final TestDatabase db;
    private final int beforeOperation;
    private final FaultProxy proxy;
    private final Pool pool;
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
        this.beforeOperation = beforeOperation;
        this.proxy = FaultProxy.to(db);
        this.pool = Clients.pool(
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
        trips(runner, VertxScope.transaction(pool));
        // Longer than a thread may be kept from sending the rest.
        proxy.delay(Duration.ofMillis(25));
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

    @Test
    void aStatementThatCommitsOnItsOwnCostsNothingMore() {
        assertThat(trips(runner, VertxScope.autocommit(pool))).isEqualTo(1);
    }

    @Test
    void aTransactionCostsItsCommit() {
        assertThat(trips(runner, VertxScope.transaction(pool))).isEqualTo(2 + beforeOperation);
    }

    @Test
    void timeoutsAndIsolationOfATransactionCostNothing() {
        VertxRunner serializable = limited.with(r -> r.isolation(Isolation.SERIALIZABLE));

        assertThat(trips(serializable, VertxScope.transaction(pool))).isEqualTo(2 + beforeOperation);
    }

    @Test
    void aStepCostsItsRelease() {
        assertThat(tripsOfStep(runner)).isEqualTo(2 + beforeOperation);
    }

    @Test
    void timeoutsOfAStepCostNothing() {
        assertThat(tripsOfStep(limited)).isEqualTo(2 + beforeOperation);
    }

    @Test
    void aLimitOnTheAttemptCostsNothing() {
        VertxRunner hurried = runner.with(RoundTripsTest::hurried);

        assertThat(trips(hurried, VertxScope.transaction(pool))).isEqualTo(2 + beforeOperation);
    }

    private static DbopRunner hurried(DbopRunner settings) {
        return settings.policy(
                RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(20)).build());
    }
}
