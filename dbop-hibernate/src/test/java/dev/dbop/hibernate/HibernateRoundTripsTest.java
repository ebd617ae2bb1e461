package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Counts the round trips of one UPDATE in each scope, the UPDATE's own included: Hibernate adds none to what JDBC costs.
 * The proxy delays each way, so that messages a driver pipelines count once.
 */
abstract class HibernateRoundTripsTest {
    /**
     * What each case may cost.
     *
     * @param transaction a transaction without settings
     * @param serializable a SERIALIZABLE transaction
     * @param limited a transaction with both timeouts
     * @param limitedSerializable a SERIALIZABLE transaction with both timeouts
     * @param savepoint a savepoint step
     * @param limitedSavepoint a savepoint step with both timeouts
     */
    record Budget(
            int transaction,
            int serializable,
            int limited,
            int limitedSerializable,
            int savepoint,
            int limitedSavepoint) {}

    /** A row to be updated. */
    @Entity(name = "Trip")
    @Table(name = "trips")
    static class Trip {
        @Id
        int id;

        int v;
    }

    private static final int MEASUREMENTS = 5;

    private final TestDatabase db;
    private final Budget budget;
    private final DbopRunner runner = DbopRunner.create();
    private final DbopRunner limited =
            runner.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20));
    private final FaultProxy proxy;
    private final HikariDataSource pool;
    private final SessionFactory factory;

    HibernateRoundTripsTest(TestDatabase db, String urlParameters, Budget budget) {
        this.db = db;
        this.budget = budget;
        this.proxy = FaultProxy.to(db);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(db.url(proxy.port()) + urlParameters);
        config.setMaximumPoolSize(1);
        this.pool = new HikariDataSource(config);
        this.factory = Factories.over(pool, db.database(), Trip.class);
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS trips", "CREATE TABLE trips (id INT PRIMARY KEY, v INT)");
        db.execute("INSERT INTO trips VALUES (1, 0)");
        warmUp();
    }

    private void warmUp() {
        // The first transaction may pay for what the driver learns once.
        transaction(runner, HibernateRoundTripsTest::update);
        // Longer than a thread may be kept from sending the rest.
        proxy.delay(Duration.ofMillis(25));
    }

    private void reconnect() {
        proxy.delay(Duration.ZERO);
        pool.getHikariPoolMXBean().softEvictConnections();
        warmUp();
    }

    @AfterEach
    void close() {
        factory.close();
        pool.close();
        proxy.close();
    }

    private static void update(Session session) {
        session.createMutationQuery("update Trip set v = v + 1 where id = 1").executeUpdate();
    }

    /** The scope as it is counted. */
    AttemptScope<Session, PersistenceException> scope(AttemptScope<Session, PersistenceException> scope) {
        return scope;
    }

    private int transaction(DbopRunner with, Consumer<Session> work) {
        proxy.resetRoundTrips();
        with.run(scope(HibernateScope.transaction(factory)), work::accept);
        return proxy.roundTrips();
    }

    private int transaction(DbopRunner with) {
        return transaction(with, HibernateRoundTripsTest::update);
    }

    private int savepoint(DbopRunner with) {
        return runner.call(HibernateScope.transaction(factory), session -> {
            update(session);
            proxy.resetRoundTrips();
            with.run(scope(HibernateScope.savepoint(session)), HibernateRoundTripsTest::update);
            return proxy.roundTrips();
        });
    }

    private int stateless() {
        proxy.resetRoundTrips();
        runner.run(HibernateScope.stateless(factory), session -> {
            session.createMutationQuery("update Trip set v = v + 1 where id = 1")
                    .executeUpdate();
        });
        return proxy.roundTrips();
    }

    /**
     * What is too much is counted again, on a connection that has done none of it yet: a thread kept from sending the rest of
     * a pipeline in time can only add.
     */
    private void assertTrips(int expected, IntSupplier measurement) {
        int fewest = measurement.getAsInt();
        for (int again = 1; again < MEASUREMENTS && fewest > expected; again++) {
            reconnect();
            fewest = Math.min(fewest, measurement.getAsInt());
        }
        assertThat(fewest).isEqualTo(expected);
    }

    @Test
    void aTransactionCostsItsCommit() {
        assertTrips(budget.transaction(), () -> transaction(runner));
    }

    @Test
    void anEntityThatIsReadAndChangedCostsOneMore() {
        assertTrips(budget.transaction() + 1, () -> transaction(runner, session -> session.find(Trip.class, 1).v++));
    }

    @Test
    void aStatelessSessionCostsNoMore() {
        assertTrips(budget.transaction(), this::stateless);
    }

    @Test
    void isolationRidesWithTheBeginning() {
        assertTrips(budget.serializable(), () -> transaction(runner.isolation(Isolation.SERIALIZABLE)));
    }

    @Test
    void timeoutsOfATransactionCostWhatTheBudgetSays() {
        assertTrips(budget.limited(), () -> transaction(limited));
        assertTrips(budget.limitedSerializable(), () -> transaction(limited.isolation(Isolation.SERIALIZABLE)));
    }

    @Test
    void aSavepointCostsItsBeginningAndItsEnd() {
        assertTrips(budget.savepoint(), () -> savepoint(runner));
    }

    @Test
    void timeoutsOfASavepointCostWhatTheBudgetSays() {
        assertTrips(budget.limitedSavepoint(), () -> savepoint(limited));
    }
}
