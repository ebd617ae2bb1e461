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
        // The first transaction may pay for what the driver learns once.
        runner.run(JdbcScope.transaction(connection), RoundTripsTest::update);
        // Longer than a thread may be kept from sending the rest.
        proxy.delay(Duration.ofMillis(25));
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

    @Test
    void autocommitCostsNothing() throws SQLException {
        proxy.resetRoundTrips();
        runner.run(JdbcScope.autocommit(connection), RoundTripsTest::update);
        assertThat(proxy.roundTrips()).isEqualTo(1);
    }

    @Test
    void aTransactionCostsItsCommit() throws SQLException {
        assertThat(transaction(runner)).isEqualTo(budget.transaction());
    }

    @Test
    void isolationRidesWithTheBeginning() throws SQLException {
        assertThat(transaction(runner.isolation(Isolation.SERIALIZABLE))).isEqualTo(budget.serializable());
    }

    @Test
    void timeoutsOfATransactionCostWhatTheBudgetSays() throws SQLException {
        assertThat(transaction(limited)).isEqualTo(budget.limited());
        assertThat(transaction(limited.isolation(Isolation.SERIALIZABLE))).isEqualTo(budget.limitedSerializable());
    }

    @Test
    void aSavepointCostsItsBeginningAndItsEnd() throws SQLException {
        assertThat(savepoint(runner)).isEqualTo(budget.savepoint());
    }

    @Test
    void timeoutsOfASavepointCostWhatTheBudgetSays() throws SQLException {
        assertThat(savepoint(limited)).isEqualTo(budget.limitedSavepoint());
    }
}
