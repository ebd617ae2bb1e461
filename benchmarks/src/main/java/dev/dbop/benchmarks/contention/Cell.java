package dev.dbop.benchmarks.contention;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.TimeoutRule;
import dev.dbop.benchmarks.Pools;
import dev.dbop.benchmarks.peers.Contended;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.peers.Policy;
import dev.dbop.benchmarks.peers.SqlWork;
import dev.dbop.benchmarks.peers.Transactions;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * One setting, measured for some seconds.
 *
 * @param database the server
 * @param detector how long it waits before it looks for deadlocks; PostgreSQL only
 * @param isolation of every connection
 * @param workload what is done
 * @param contender who does it
 * @param rule how long attempts wait for locks
 * @param pacing the delays between attempts
 */
record Cell(
        Database database,
        String detector,
        Isolation isolation,
        Workload workload,
        String contender,
        LockRule rule,
        Pacing pacing) {

    /** Whether somebody can do this: others than dbop know no rules, and only the loop can be given a fixed one. */
    boolean makesSense() {
        boolean plain = rule.first() == null && pacing.victim() == null;
        boolean handWithRule = contender.equals(Peers.HAND)
                && rule.ofEveryAttempt() != null
                && pacing.victim() == null
                && database == Database.POSTGRESQL;
        return plain || handWithRule || contender.equals(Peers.DBOP);
    }

    CellResult run(int workers, int attempts, Duration time) throws SQLException, InterruptedException {
        String[] options =
                database == Database.POSTGRESQL ? new String[] {"deadlock_timeout=" + detector} : new String[0];
        try (TestDatabase db = TestServers.shared(database, options).createDatabase(ClientDriver.OWN);
                HikariDataSource pool = Pools.pool(db.url(), workers, isolation)) {
            db.execute("CREATE TABLE acct (id INT PRIMARY KEY, v BIGINT NOT NULL)");
            for (int id = 1; id <= workload.rows; id++) {
                db.execute("INSERT INTO acct VALUES (" + id + ", 0)");
            }
            Workload.Going going = new Workload.Going();
            List<Worker> all = new ArrayList<>();
            for (int number = 0; number < workers; number++) {
                Worker worker = new Worker(workload, number, going);
                worker.call = call(pool, attempts, worker);
                all.add(worker);
            }
            long nanos = work(all, going, time);
            CellResult result = CellResult.of(all, nanos);
            check(db.number("SELECT SUM(v) FROM acct"), result);
            return result;
        }
    }

    private void check(long sum, CellResult result) {
        if (sum != workload.sumAfter(result.allCommits())) {
            throw new IllegalStateException(
                    this + ": the rows add up to " + sum + " after " + result.allCommits() + " commits; must be "
                            + workload.sumAfter(result.allCommits()) + ": an update was lost or repeated");
        }
    }

    private static long work(List<Worker> all, Workload.Going going, Duration time) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(all.size());
        List<Future<?>> running = new ArrayList<>();
        long begun = System.nanoTime();
        all.forEach(worker -> running.add(threads.submit(worker)));
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        long nanos = System.nanoTime() - begun;
        going.end();
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IllegalStateException("a worker failed", failed.getCause());
            }
        }
        threads.shutdown();
        return nanos;
    }

    private Callable<Boolean> call(DataSource pool, int attempts, Worker worker) {
        Policy policy = new Policy(attempts, pacing.others(), Contended::is);
        if (contender.equals(Peers.DBOP)) {
            return dbop(pool, policy, worker);
        }
        Duration lock = rule.ofEveryAttempt();
        SqlWork<Boolean> work = connection -> {
            if (lock != null) {
                limit(connection, lock);
            }
            return worker.attempt(connection);
        };
        return Transactions.decorate(contender, pool, policy, work);
    }

    private static void limit(Connection connection, Duration lock) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + lock.toMillis());
        }
    }

    private Callable<Boolean> dbop(DataSource pool, Policy policy, Worker worker) {
        RetryPolicy.Builder retry = policy.forDbop();
        Duration limit = rule.attemptLimit();
        if (limit != null) {
            retry.attemptTimeout(limit);
        }
        DbopRunner runner = DbopRunner.create().listeners();
        if (pacing.victim() != null) {
            retry.backoff(pacing.backoff());
            runner = runner.classifier(pacing.classifier());
        }
        TimeoutRule timeouts = rule.timeouts();
        DbopRunner ready = runner.policy(retry.build()).timeouts(timeouts);
        SqlWork<Boolean> work =
                timeouts instanceof ObservedWait observed ? observed.watching(worker::attempt) : worker::attempt;
        var scope = JdbcScope.transaction(pool);
        return () -> ready.call(scope, work::run);
    }

    /** Whether a failure says that the attempts were not enough, and not that something is broken. */
    static boolean isGivingUp(Throwable failure) {
        return Contended.is(failure) || failure instanceof AttemptTimeoutException || isStopped(failure);
    }

    /** A statement that has run too long. */
    private static boolean isStopped(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLTimeoutException) {
                return true;
            }
            if (at instanceof SQLException sql
                    && ("57014".equals(sql.getSQLState())
                            || sql.getErrorCode() == 1969
                            || sql.getErrorCode() == 3024
                            || sql.getErrorCode() == 1317)) {
                return true;
            }
        }
        return false;
    }
}
