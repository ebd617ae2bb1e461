package dev.dbop.benchmarks.sick;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RetryBudget;
import dev.dbop.RetryPolicy;
import dev.dbop.benchmarks.Arguments;
import dev.dbop.benchmarks.Group;
import dev.dbop.benchmarks.Pools;
import dev.dbop.benchmarks.peers.Contended;
import dev.dbop.benchmarks.peers.Pace;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.peers.Policy;
import dev.dbop.benchmarks.peers.Transactions;
import dev.dbop.benchmarks.report.Chart;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.report.Table;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/** A database of which half of all attempts fail for a while, under a load it bears well when it is healthy. */
public final class SickDatabase implements Group {
    private static final String BUDGET = "dbop, budget ";

    @Override
    public String name() {
        return "sick";
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("contenders", "hand,no retries,failsafe,dbop,dbop_budget_0.1,dbop_budget_0.3");
        defaults.put("healthy", "3s");
        defaults.put("sick", "30s");
        defaults.put("after", "15s");
        // 8 connections bear 400 calls of 20 ms a second
        defaults.put("rate", "200");
        defaults.put("connections", "8");
        defaults.put("work", "20ms");
        defaults.put("attempts", "6");
        defaults.put("pace", "exp:100ms:1s");
        defaults.put("burst", "20");
        return defaults;
    }

    @Override
    public Report run(Arguments arguments) throws SQLException, InterruptedException {
        Table table = new Table(
                "contender", "requests/s", "requests/call", "failed %", "healthy p50 ms", "sick p99 ms", "recovery s");
        int rate = arguments.number("rate");
        for (String name : arguments.list("contenders")) {
            String contender = name.replace("dbop_budget_", BUDGET);
            Patient patient = measure(contender, arguments);
            table.add(
                    contender,
                    patient.requestsPerSecond(),
                    patient.requestsPerSecond() / rate,
                    100 * patient.failed(),
                    patient.healthyP50(),
                    patient.p99(),
                    patient.recovery());
        }
        table.addRatio("requests / hand", "requests/s", "contender", Peers.HAND);
        return new Report(
                name(),
                arguments.all(),
                table,
                new Chart(
                        "Requests per call while half of all attempts fail",
                        List.of("contender"),
                        List.of(),
                        "requests/call"));
    }

    private static Patient measure(String contender, Arguments arguments) throws SQLException, InterruptedException {
        try (TestDatabase db = TestServers.shared(Database.POSTGRESQL).createDatabase(ClientDriver.OWN);
                HikariDataSource pool =
                        Patient.impatient(Pools.pool(db.url(), arguments.number("connections"), null))) {
            db.execute(Illness.FUNCTION);
            Illness illness = new Illness(arguments.time("work"));
            Patient patient = new Patient(illness, call(contender, pool, illness, arguments));
            patient.live(
                    arguments.number("rate"),
                    arguments.time("healthy"),
                    arguments.time("sick"),
                    arguments.time("after"));
            return patient;
        }
    }

    private static Callable<Boolean> call(String contender, DataSource pool, Illness illness, Arguments arguments) {
        Policy policy = new Policy(arguments.number("attempts"), Pace.of(arguments.text("pace")), Contended::is);
        RetryPolicy.Builder retry = policy.forDbop();
        if (contender.startsWith(BUDGET)) {
            double part = Double.parseDouble(contender.substring(BUDGET.length()));
            retry.budget(RetryBudget.of(arguments.number("burst"), part));
        } else if (contender.equals("no retries")) {
            retry.maxRetries(0);
        } else if (!contender.equals(Peers.DBOP)) {
            return Transactions.decorate(contender, pool, policy, illness::request);
        }
        DbopRunner runner = DbopRunner.create().listeners().policy(retry.build());
        var scope = JdbcScope.transaction(pool);
        return () -> runner.call(scope, illness::request);
    }
}
