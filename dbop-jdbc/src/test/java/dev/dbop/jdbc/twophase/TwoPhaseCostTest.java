package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a transaction over databases of PostgreSQL costs with 1 ms each way, one UPDATE in each, against the same written by
 * hand without a decision row. Round trips are asserted, times only printed.
 */
@Tag("one-jdk")
class TwoPhaseCostTest {
    private static final String UPDATE = "UPDATE acct SET v = v + 1 WHERE id = 1";
    /** As many calls until the compiler has finished with them. */
    private static final int WARM_UP = 2_000;

    private static final int MEASURED = 100;
    private static final int BLOCK = 10;

    private final TestDatabase third;
    private final List<TestDatabase> databases;
    private final List<FaultProxy> proxies;
    private final List<HikariDataSource> pools;
    private int groups;

    TwoPhaseCostTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase second)
            throws SQLException {
        this.third = first.server().createDatabase(ClientDriver.OWN);
        this.databases = List.of(first, second, third);
        this.proxies = databases.stream().map(FaultProxy::to).toList();
        this.pools = new ArrayList<>();
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
            db.execute(
                    "DROP TABLE IF EXISTS acct, dbop_decision",
                    "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)",
                    "INSERT INTO acct VALUES (1, 0)");
        }
        databases.get(0).execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
    }

    @AfterEach
    void close() throws SQLException {
        pools.forEach(HikariDataSource::close);
        proxies.forEach(FaultProxy::close);
        third.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theDecisionRowCostsNoRoundTripMore(int branches) throws SQLException {
        for (int i = 0; i < branches; i++) {
            pools.add(pool(i));
        }
        Contender withRow = new Contender("with a decision row", withRow());
        Contender byHand = new Contender("by hand", this::byHand);
        for (int i = 0; i < WARM_UP / BLOCK; i++) {
            block(withRow, false);
            block(byHand, false);
        }
        proxies.forEach(proxy -> proxy.delay(Duration.ofMillis(1)));
        // In turn, so that whatever else the machine does is shared.
        for (int i = 0; i < MEASURED / BLOCK; i++) {
            block(withRow, true);
            block(byHand, true);
        }

        System.out.printf("%d branches: %s, %s%n", branches, withRow, byHand);
        // Of each transaction, for one message that a busy machine sends in two pieces may count twice.
        assertThat(median(withRow.roundTrips)).isEqualTo(3 * branches);
        assertThat(median(byHand.roundTrips)).isEqualTo(3 * branches);
        for (TestDatabase db : databases.subList(0, branches)) {
            assertThat(db.number("SELECT v FROM acct")).isEqualTo(2 * (WARM_UP + MEASURED));
            assertThat(db.preparedTransactions()).isEmpty();
        }
    }

    private Transaction withRow() throws SQLException {
        TwoPhase.Builder builder = TwoPhase.builder().runner(DbopRunner.create().listeners());
        for (int i = 0; i < pools.size(); i++) {
            builder = builder.branch("db" + i, pools.get(i));
        }
        TwoPhase twoPhase = builder.build();
        return () -> twoPhase.call(tx -> {
            int updated = 0;
            for (int i = 0; i < pools.size(); i++) {
                updated += run(tx.connection("db" + i), UPDATE);
            }
            return updated;
        });
    }

    /** BEGIN goes out with the UPDATE; one message after the other, as without threads. */
    private void byHand() throws SQLException {
        int group = ++groups;
        List<Connection> connections = new ArrayList<>();
        try {
            for (HikariDataSource pool : pools) {
                Connection connection = pool.getConnection();
                connections.add(connection);
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
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static <N extends Comparable<N>> N median(List<N> figures) {
        return figures.stream().sorted().toList().get(figures.size() / 2);
    }

    /** One transaction. */
    @FunctionalInterface
    private interface Transaction {
        void run() throws SQLException;
    }

    /** A way to run the transaction, and what all measured ones have cost, in all databases together. */
    private static final class Contender {
        private final String name;
        private final Transaction transaction;
        private final List<Long> nanos = new ArrayList<>();
        private final List<Integer> roundTrips = new ArrayList<>();

        Contender(String name, Transaction transaction) {
            this.name = name;
            this.transaction = transaction;
        }

        @Override
        public String toString() {
            return String.format("%s %d round trips, median %.2f ms", name, median(roundTrips), median(nanos) / 1e6);
        }
    }

    private void block(Contender contender, boolean counts) throws SQLException {
        for (int i = 0; i < BLOCK; i++) {
            proxies.forEach(FaultProxy::resetRoundTrips);
            long begun = System.nanoTime();
            contender.transaction.run();
            if (counts) {
                contender.nanos.add(System.nanoTime() - begun);
                contender.roundTrips.add(
                        proxies.stream().mapToInt(FaultProxy::roundTrips).sum());
            }
        }
    }
}
