package dev.dbop.examples.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** One way, run on a fresh database. */
final class Round {
    private final Plan plan;
    private final Approach approach;
    private final Tally tally = new Tally();

    Round(Plan plan, Approach approach) {
        this.plan = plan;
        this.approach = approach;
    }

    Tally tally() {
        return tally;
    }

    /** Blocks until the last order is answered, and counts. */
    RoundResult run(TestServer server) throws SQLException, InterruptedException {
        try (TestDatabase database = server.createDatabase(ClientDriver.OWN)) {
            DropOnExit ifStopped = new DropOnExit(database);
            try {
                return run(database);
            } finally {
                ifStopped.cancel();
            }
        }
    }

    private RoundResult run(TestDatabase database) throws SQLException, InterruptedException {
        Bank.create(database);
        List<Lane> lanes = new ArrayList<>();
        Duration elapsed;
        try (Troubles troubles = new Troubles(database, tally, plan.seed());
                HikariDataSource pool = pool(troubles.url())) {
            elapsed = work(pool, troubles, lanes);
        }
        return new RoundResult(approach, lanes, Audit.of(database), elapsed, tally.kills(), tally.cuts());
    }

    private HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(plan.workers() + 1);
        config.setConnectionInitSql(Patience.setLockTimeout(plan.database()));
        config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
        return new HikariDataSource(config);
    }

    private Duration work(DataSource source, Troubles troubles, List<Lane> lanes) throws InterruptedException {
        ExecutorService workers = Executors.newFixedThreadPool(plan.workers());
        try {
            long start = System.nanoTime();
            List<Future<?>> ends = new ArrayList<>();
            for (int worker = 0; worker < plan.workers(); worker++) {
                Lane lane = new Lane(JdbcClassifier.of(plan.database()), tally, start);
                lanes.add(lane);
                Teller teller = approach.teller(source, plan.database(), lane);
                TransferStream orders = new TransferStream(plan.seed(), worker);
                ends.add(workers.submit(() -> serve(teller, orders, lane)));
            }
            troubles.begin();
            Thread.sleep(plan.perWay().toMillis());
            troubles.end();
            for (Future<?> end : ends) {
                end.get();
            }
            return Duration.ofNanos(System.nanoTime() - start);
        } catch (ExecutionException bug) {
            throw new IllegalStateException("a worker of way \"" + approach.title() + "\" failed", bug.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    private void serve(Teller teller, TransferStream orders, Lane lane) {
        while (lane.now() < plan.perWay().toNanos()) {
            Transfer order = orders.next();
            long from = lane.now();
            lane.told(new Told(order, belief(teller, order), from, lane.now()));
        }
    }

    private static Told.Belief belief(Teller teller, Transfer order) {
        try {
            teller.transfer(order);
            return Told.Belief.DONE;
        } catch (OutcomeUnknownException | AnswerLostException unknown) {
            return Told.Belief.UNKNOWN;
        } catch (SQLException failure) {
            return Told.Belief.FAILED;
        }
    }
}
