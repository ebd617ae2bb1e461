package dev.dbop.examples.observability;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.examples.support.PostgresDeadlock;
import dev.dbop.examples.support.Servers;
import dev.dbop.examples.support.Task;
import dev.dbop.jdbc.RecoveryTask;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.TestDatabase;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Makes the trouble that {@link Observed} shows; nothing to copy. */
public final class ObservabilityExample {
    private static final int PORT = 9464;

    private final Traces traces = new Traces();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final TestDatabase database;
    private final Bank bank;

    private ObservabilityExample(TestDatabase database, HikariDataSource pool) {
        this.database = database;
        OpenTelemetrySdk telemetry = traces.telemetry();
        this.bank = new Bank(Observed.runner(telemetry, registry), pool);
    }

    /**
     * Runs the example.
     *
     * @param arguments none, or {@code serve} and for how many seconds to serve {@code /metrics} under load
     * @throws Exception if the database cannot be reached or the port is taken
     */
    public static void main(String[] arguments) throws Exception {
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL);
                HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.url());
            database.execute(
                    "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
                    "INSERT INTO account VALUES (1, 100), (2, 100), (3, 100), (4, 100)");
            ObservabilityExample example = new ObservabilityExample(database, pool);
            if (arguments.length == 2 && arguments[0].equals("serve")) {
                example.serve(pool, Duration.ofSeconds(Long.parseLong(arguments[1])));
            } else {
                example.show();
            }
        }
    }

    private void show() throws SQLException {
        System.out.println("a deadlock, as a trace:");
        PostgresDeadlock.provoke(database, () -> Task.beside(() -> bank.transfer(1, 2, 10)));
        traces.print();
        System.out.println("an account that exists already:");
        try {
            bank.open(1);
        } catch (SQLException refused) {
            traces.print();
        }
        System.out.println("counted:");
        registry.scrape()
                .lines()
                .filter(ObservabilityExample::isCount)
                .sorted()
                .forEach(line -> System.out.println("  " + line));
    }

    private static boolean isCount(String line) {
        return line.startsWith("dbop_")
                && List.of("_count{", "_total{", "_available{").stream().anyMatch(line::contains);
    }

    private void serve(HikariDataSource pool, Duration time) throws Exception {
        database.execute(
                "ALTER DATABASE " + database.name() + " SET deadlock_timeout = '50ms'",
                DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        try (TestDatabase ledger = Servers.createDatabase(Database.POSTGRESQL)) {
            RecoveryTask recovery =
                    Observed.recovery(Load.twoPhase(pool, ledger.dataSource()).recovery(), registry);
            try (recovery;
                    MetricsServer server = new MetricsServer(registry, PORT)) {
                System.out.println("metrics for " + time.toSeconds() + " s at " + server.address());
                new Load(bank).run(time);
            }
        }
    }
}
