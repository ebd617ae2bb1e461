package dev.dbop.benchmarks.turns;

import dev.dbop.benchmarks.Arguments;
import dev.dbop.benchmarks.Group;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.report.Chart;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.report.Table;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Request/response turns and wall time of one UPDATE, by database, client library and case, counted by a proxy. */
public final class Turns implements Group {
    private static final int WARM_UPS = 3;

    @Override
    public String name() {
        return "turns";
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("databases", "postgresql,mariadb,mysql");
        defaults.put("clients", "");
        defaults.put("cases", "a,b,c,d,e,f,g");
        defaults.put("times", "30");
        defaults.put("delay", "1ms");
        return defaults;
    }

    @Override
    public Report run(Arguments arguments) throws Exception {
        Table table = new Table("database", "case", "client", "turns", "ms", "bytes", "limits after");
        for (Database database : arguments.constants("databases", Database.class)) {
            for (Measured one : measure(database, arguments)) {
                table.add(
                        database.name().toLowerCase(Locale.ROOT),
                        one.counted.label(),
                        one.client,
                        one.median(Comparator.comparingInt(Meter::turns)).turns(),
                        one.median(Comparator.comparingDouble(Meter::millis)).millis(),
                        one.bytes(),
                        one.limits);
            }
        }
        table.addRatio("turns / hand", "turns", "client", Peers.HAND, "database", "case");
        table.addRatio("ms / hand", "ms", "client", Peers.HAND, "database", "case");
        return new Report(
                name(),
                arguments.all(),
                table,
                new Chart("Turns on the network", List.of("database", "case"), List.of("client"), "turns"));
    }

    /** What one client took for one case, once per run. */
    private record Measured(
            Case counted,
            String client,
            List<Meter> meters,
            @Nullable String limits) {
        /** Null where the work is done on threads of the client's own. */
        @Nullable
        Long bytes() {
            return client.startsWith("vertx")
                    ? null
                    : Long.valueOf(
                            median(Comparator.comparingLong(Meter::bytes)).bytes());
        }

        Meter median(Comparator<Meter> by) {
            return meters.stream().sorted(by).toList().get(meters.size() / 2);
        }
    }

    private static List<Measured> measure(Database database, Arguments arguments) throws Exception {
        List<Measured> all = new ArrayList<>();
        List<String> wanted = arguments.list("clients");
        try (TestDatabase db = TestServers.shared(database).createDatabase(ClientDriver.OWN);
                FaultProxy proxy = FaultProxy.to(db)) {
            db.execute(Dialect.schema(database).toArray(String[]::new));
            String normal = db.query(Dialect.of(database).ask().get(0)).get(0);
            proxy.delay(arguments.time("delay"));
            for (Map.Entry<String, Supplier<Client>> entry :
                    new Clients(db, proxy).all().entrySet()) {
                if (wanted.isEmpty() || wanted.contains(entry.getKey())) {
                    try (Client client = entry.getValue().get()) {
                        for (Case counted : arguments.constants("cases", Case.class)) {
                            List<Meter> meters = runs(client, counted, proxy, arguments.number("times"));
                            String limits = counted.limited ? meters.get(0).limits(normal) : null;
                            all.add(new Measured(counted, entry.getKey(), meters, limits));
                        }
                    }
                }
            }
            proxy.delay(Duration.ZERO);
        }
        all.sort(Comparator.comparing(Measured::counted));
        return all;
    }

    private static List<Meter> runs(Client client, Case counted, FaultProxy proxy, int times) throws Exception {
        List<Meter> meters = new ArrayList<>();
        for (int run = 0; run < WARM_UPS + times; run++) {
            Meter meter = new Meter(proxy, counted);
            client.run(counted, meter);
            if (run >= WARM_UPS) {
                meters.add(meter);
            }
        }
        return meters;
    }
}
