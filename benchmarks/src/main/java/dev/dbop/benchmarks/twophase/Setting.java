package dev.dbop.benchmarks.twophase;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.benchmarks.Pools;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Databases behind proxies and pools, and the contenders on them. */
final class Setting implements AutoCloseable {
    /** Calls of one contender before the next has its turn. */
    static final int BLOCK = 20;

    /** Who the others are compared with. */
    static final String SAME_PROTOCOL = "by hand, same protocol";

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final List<TestDatabase> databases = new ArrayList<>();
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final List<Contender> contenders;

    Setting(List<Database> group) throws SQLException {
        for (Database database : group) {
            TestDatabase db = TestServers.shared(database, durable(database)).createDatabase(ClientDriver.OWN);
            db.execute("CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO acct VALUES (1, 0)");
            FaultProxy proxy = FaultProxy.to(db);
            databases.add(db);
            proxies.add(proxy);
            pools.add(Pools.pool(db.url(proxy.port()), 1, null));
        }
        databases.get(0).execute(DecisionTable.named("dbop_decision").create(group.get(0)));
        contenders = List.of(
                new Contender(
                        "dbop",
                        dbop(TwoPhase.builder().runner(DbopRunner.create().listeners()))),
                new Contender("dbop, without a log", dbop(withoutLog())),
                new Contender(SAME_PROTOCOL, byHand(group, ByHand.Decision.IN_FIRST_BRANCH)),
                new Contender("by hand, with a log", byHand(group, ByHand.Decision.IN_LOG)),
                new Contender("by hand, no recovery", byHand(group, ByHand.Decision.NOWHERE)));
    }

    /** What makes a server wait for its disk, as one in production does. */
    private static String[] durable(Database database) {
        return database == Database.POSTGRESQL
                ? new String[] {"fsync=on", "full_page_writes=on"}
                : new String[] {"innodb_flush_log_at_trx_commit=1", "sync_binlog=1"};
    }

    private static TwoPhase.Builder withoutLog() {
        DbopRunner runner = DbopRunner.create().listeners().statementTimeout(DRAIN);
        return TwoPhase.builder().runner(runner).prefix("logless").logLess(DEADLINE, DRAIN);
    }

    private TwoPhaseCost.Transaction byHand(List<Database> group, ByHand.Decision decision) {
        return new ByHand(group, List.copyOf(pools), decision);
    }

    private TwoPhaseCost.Transaction dbop(TwoPhase.Builder empty) throws SQLException {
        TwoPhase.Builder builder = empty;
        for (int i = 0; i < pools.size(); i++) {
            DataSource pool = pools.get(i);
            builder = builder.branch("db" + i, pool);
        }
        TwoPhase twoPhase = builder.build();
        return () -> twoPhase.call(tx -> {
            int updated = 0;
            for (int i = 0; i < pools.size(); i++) {
                updated += ByHand.run(tx.connection("db" + i), ByHand.UPDATE);
            }
            return updated;
        });
    }

    List<Contender> contenders() {
        return contenders;
    }

    void delay(Duration eachWay) {
        proxies.forEach(proxy -> proxy.delay(eachWay));
    }

    /** A block of calls of each contender. */
    void block(boolean counts) throws SQLException {
        for (Contender contender : contenders) {
            long[] times = new long[BLOCK];
            proxies.forEach(FaultProxy::resetRoundTrips);
            for (int i = 0; i < BLOCK; i++) {
                long begun = System.nanoTime();
                contender.transaction().run();
                times[i] = System.nanoTime() - begun;
            }
            if (counts) {
                contender.add(
                        times, proxies.stream().mapToInt(FaultProxy::roundTrips).sum());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        pools.forEach(HikariDataSource::close);
        proxies.forEach(FaultProxy::close);
        for (TestDatabase db : databases) {
            db.close();
        }
    }
}
