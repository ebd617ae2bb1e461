package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Counts the round trips of one UPDATE in each scope, the UPDATE's own included. The proxy delays each way, so that
 * messages a driver pipelines count once.
 */
abstract class RoundTripsTest {
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

    private static final int MEASUREMENTS = 5;

    private final TestDatabase db;
    private final String urlParameters;
    private final Budget budget;
    private final DbopRunner runner = DbopRunner.create();
    private final DbopRunner limited =
            runner.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20));
    private FaultProxy proxy;
    private Connection connection;

    RoundTripsTest(TestDatabase db, String urlParameters, Budget budget) {
        this.db = db;
        this.urlParameters = urlParameters;
        this.budget = budget;
        this.proxy = FaultProxy.to(db);
        this.connection = open();
    }

    private Connection open() {
        try {
            return DriverManager.getConnection(db.url(proxy.port()) + urlParameters);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS trips", "CREATE TABLE trips (id INT PRIMARY KEY, v INT)");
        db.execute("INSERT INTO trips VALUES (1, 0)");
        warmUp();
    }

    private void warmUp() throws SQLException {
        // The first transaction may pay for what the driver learns once.
        runner.run(JdbcScope.transaction(connection), RoundTripsTest::update);
        // Longer than a thread may be kept from sending the rest.
        proxy.delay(Duration.ofMillis(25));
    }

    private void reconnect() throws SQLException {
        connection.close();
        proxy.delay(Duration.ZERO);
        connection = open();
        warmUp();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        proxy.close();
    }

    private static void update(Connection c) throws SQLException {
        try (Statement statement = c.createStatement()) {
            statement.executeUpdate("UPDATE trips SET v = v + 1 WHERE id = 1");
        }
    }

    /** The scope as it is counted. */
    AttemptScope<Connection, SQLException> scope(AttemptScope<Connection, SQLException> scope) {
        return scope;
    }

    private int transaction(DbopRunner with) throws SQLException {
        proxy.resetRoundTrips();
        with.run(scope(JdbcScope.transaction(connection)), RoundTripsTest::update);
        return proxy.roundTrips();
    }

    private int savepoint(DbopRunner with) throws SQLException {
        return runner.call(JdbcScope.transaction(connection), tx -> {
            update(tx);
            proxy.resetRoundTrips();
            with.run(scope(JdbcScope.savepoint(tx)), RoundTripsTest::update);
            return proxy.roundTrips();
        });
    }

    private int autocommit() throws SQLException {
        proxy.resetRoundTrips();
        runner.run(JdbcScope.autocommit(connection), RoundTripsTest::update);
        return proxy.roundTrips();
    }

    /** Runs something and counts its round trips. */
    @FunctionalInterface
    private interface Measurement {
        int trips() throws SQLException;
    }

    /**
     * What is too much is counted again, on a connection that has done none of it yet: a thread kept from sending the rest of
     * a pipeline in time can only add.
     */
    private void assertTrips(int expected, Measurement measurement) throws SQLException {
        int fewest = measurement.trips();
        for (int again = 1; again < MEASUREMENTS && fewest > expected; again++) {
            reconnect();
            fewest = Math.min(fewest, measurement.trips());
        }
        assertThat(fewest).isEqualTo(expected);
    }

    @Test
    void autocommitCostsNothing() throws SQLException {
        assertTrips(1, this::autocommit);
    }

    @Test
    void aTransactionCostsItsCommit() throws SQLException {
        assertTrips(budget.transaction(), () -> transaction(runner));
    }

    @Test
    void isolationRidesWithTheBeginning() throws SQLException {
        assertTrips(budget.serializable(), () -> transaction(runner.isolation(Isolation.SERIALIZABLE)));
    }

    @Test
    void timeoutsOfATransactionCostWhatTheBudgetSays() throws SQLException {
        assertTrips(budget.limited(), () -> transaction(limited));
        assertTrips(budget.limitedSerializable(), () -> transaction(limited.isolation(Isolation.SERIALIZABLE)));
    }

    @Test
    void aSavepointCostsItsBeginningAndItsEnd() throws SQLException {
        assertTrips(budget.savepoint(), () -> savepoint(runner));
    }

    @Test
    void timeoutsOfASavepointCostWhatTheBudgetSays() throws SQLException {
        assertTrips(budget.limitedSavepoint(), () -> savepoint(limited));
    }
}
