package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a transaction over two databases of PostgreSQL costs with 1 ms each way, one UPDATE in each, against the same written
 * by hand without a decision row. Counts are asserted, times only printed.
 */
class TwoPhaseCostTest {
    private static final String UPDATE = "UPDATE acct SET v = v + 1 WHERE id = 1";
    private static final int WARM_UP = 50;
    private static final int MEASURED = 200;

    private final List<TestDatabase> databases;
    private final List<FaultProxy> proxies;
    private final List<HikariDataSource> pools;
    private int groups;

    TwoPhaseCostTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase second) {
        this.databases = List.of(first, second);
        this.proxies = List.of(FaultProxy.to(first), FaultProxy.to(second));
        this.pools = Stream.of(0, 1).map(this::pool).toList();
    }

    private HikariDataSource pool(int index) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(databases.get(index).url(proxies.get(index).port()));
        config.setMaximumPoolSize(1);
        return new HikariDataSource(config);
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute("CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO acct VALUES (1, 0)");
        }
        databases.get(0).execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
    }

    @AfterEach
    void close() {
        pools.forEach(HikariDataSource::close);
        proxies.forEach(FaultProxy::close);
    }

    @Test
    void theDecisionRowCostsNoRoundTripMore() throws SQLException {
        TwoPhase twoPhase = TwoPhase.builder()
                .runner(DbopRunner.create().listeners())
                .branch("db0", pools.get(0))
                .branch("db1", pools.get(1))
                .build();
        proxies.forEach(proxy -> proxy.delay(Duration.ofMillis(1)));
        Cost withRow = new Cost();
        Cost byHand = new Cost();
        // In turn, so that whatever else the machine does is shared.
        for (int i = 0; i < WARM_UP + MEASURED; i++) {
            boolean counts = i >= WARM_UP;
            measure(
                    () -> twoPhase.call(tx -> run(tx.connection("db0"), UPDATE) + run(tx.connection("db1"), UPDATE)),
                    withRow,
                    counts);
            measure(this::byHand, byHand, counts);
        }

        System.out.printf("decision row: %s%nby hand: %s%n", withRow, byHand);
        assertThat(withRow.roundTrips).isEqualTo(6 * MEASURED);
        assertThat(byHand.roundTrips).isEqualTo(6 * MEASURED);
        for (TestDatabase db : databases) {
            assertThat(db.number("SELECT v FROM acct")).isEqualTo(2 * (WARM_UP + MEASURED));
            assertThat(db.preparedTransactions()).isEmpty();
        }
    }

    /** BEGIN goes out with the UPDATE; one message after the other, as without threads. */
    private void byHand() throws SQLException {
        int group = ++groups;
        try (Connection first = pools.get(0).getConnection();
                Connection second = pools.get(1).getConnection()) {
            List<Connection> connections = List.of(first, second);
            for (Connection connection : connections) {
                connection.setAutoCommit(false);
                run(connection, UPDATE);
            }
            for (int i = 0; i < connections.size(); i++) {
                run(connections.get(i), "PREPARE TRANSACTION 'hand:" + group + ":" + i + "'");
            }
            for (int i = 0; i < connections.size(); i++) {
                connections.get(i).setAutoCommit(true);
                run(connections.get(i), "COMMIT PREPARED 'hand:" + group + ":" + i + "'");
            }
        }
    }

    private static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** What all measured transactions have cost, in both databases together. */
    private static final class Cost {
        private final List<Long> nanos = new ArrayList<>();
        private int roundTrips;

        @Override
        public String toString() {
            List<Long> sorted = nanos.stream().sorted().toList();
            return String.format(
                    "%.1f round trips, median %.2f ms",
                    roundTrips / (double) nanos.size(), sorted.get(sorted.size() / 2) / 1e6);
        }
    }

    /** One transaction. */
    @FunctionalInterface
    private interface Transaction {
        void run() throws SQLException;
    }

    private void measure(Transaction transaction, Cost cost, boolean counts) throws SQLException {
        proxies.forEach(FaultProxy::resetRoundTrips);
        long begun = System.nanoTime();
        transaction.run();
        if (counts) {
            cost.nanos.add(System.nanoTime() - begun);
            cost.roundTrips += proxies.stream().mapToInt(FaultProxy::roundTrips).sum();
        }
    }
}
