package dev.dbop.benchmarks.scale;

import dev.dbop.benchmarks.Arguments;
import dev.dbop.benchmarks.Group;
import dev.dbop.benchmarks.peers.AsyncPeers;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.report.Chart;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.report.Table;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a call costs beside thousands of others: memory while it waits, timers, and calls per second. */
public final class Scale implements Group {
    /** Fewer do not have to wait for a connection. */
    private static final int ENOUGH_FOR_VERTX = 1_000;

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("calls", "1,10,100,1000,10000");
        defaults.put("kinds", "blocking,async,vertx");
        defaults.put("contenders", "");
        // as many calls are made before, and as many for the throughput
        defaults.put("total", "50000");
        return defaults;
    }

    @Override
    public Report run(Arguments arguments) throws SQLException, InterruptedException {
        Table table =
                new Table("kind", "waits in", "calls", "contender", "calls/s", "bytes/call", "timers", "timers after");
        List<String> kinds = arguments.list("kinds");
        if (kinds.contains("async")) {
            List<String> contenders = new ArrayList<>(AsyncPeers.NAMES);
            contenders.add(3, AsyncPeers.LIMITED);
            measureAll(table, "async", contenders, arguments, AsyncCrowd::new);
        }
        if (kinds.contains("blocking") && Threads.areVirtual()) {
            measureAll(table, "blocking, virtual threads", Peers.NAMES, arguments, BlockingCrowd::new);
        }
        if (kinds.contains("vertx")) {
            vertx(table, arguments);
        }
        table.addRatio("bytes / hand", "bytes/call", "contender", Peers.HAND, "kind", "waits in", "calls");
        table.addRatio("calls/s / hand", "calls/s", "contender", Peers.HAND, "kind", "waits in", "calls");
        return new Report(
                name(),
                arguments.all(),
                table,
                new Chart(
                        "Bytes of a waiting call",
                        List.of("kind", "waits in", "calls"),
                        List.of("contender"),
                        "bytes/call"));
    }

    /** Makes a crowd. */
    @FunctionalInterface
    private interface Maker {
        Crowd make(String contender, int calls, Crowd.Where where);
    }

    private static void measureAll(Table table, String kind, List<String> contenders, Arguments arguments, Maker maker)
            throws InterruptedException {
        List<String> wanted = arguments.list("contenders");
        for (Crowd.Where where : Crowd.Where.values()) {
            for (int calls : numbers(arguments)) {
                for (String contender : contenders) {
                    boolean waits = where == Crowd.Where.OPERATION || !contender.equals(AsyncPeers.BARE);
                    if (waits && (wanted.isEmpty() || wanted.contains(contender))) {
                        Supplier<Crowd> crowd = () -> maker.make(contender, calls, where);
                        Double rate =
                                where == Crowd.Where.OPERATION ? rate(crowd, calls, arguments.number("total")) : null;
                        add(
                                table,
                                kind,
                                where,
                                calls,
                                contender,
                                rate,
                                crowd.get().hold());
                    }
                }
            }
        }
    }

    private static List<Integer> numbers(Arguments arguments) {
        return arguments.list("calls").stream().map(Integer::valueOf).toList();
    }

    /** The best of many rounds, after as many to warm up. */
    private static double rate(Supplier<Crowd> crowd, int calls, int total) throws InterruptedException {
        int rounds = Math.max(1, Math.min(2_000, total / calls));
        double best = 0;
        for (int round = 0; round < 2 * rounds; round++) {
            double rate = crowd.get().callsPerSecond();
            best = round < rounds ? 0 : Math.max(best, rate);
        }
        return best;
    }

    private static void vertx(Table table, Arguments arguments) throws SQLException, InterruptedException {
        try (TestDatabase db = TestServers.shared(Database.POSTGRESQL).createDatabase(ClientDriver.OWN)) {
            for (int calls : numbers(arguments)) {
                for (String contender : List.of(Peers.HAND, Peers.DBOP)) {
                    if (calls >= ENOUGH_FOR_VERTX) {
                        new VertxCrowd(contender, calls, db).hold();
                        Crowd crowd = new VertxCrowd(contender, calls, db);
                        add(table, "vertx", Crowd.Where.OPERATION, calls, contender, null, crowd.hold());
                    }
                }
            }
        }
    }

    private static void add(
            Table table,
            String kind,
            Crowd.Where where,
            int calls,
            String contender,
            @Nullable Double rate,
            Crowd.Found found) {
        if (rate == null && found.bytes() == null && found.timers() == null) {
            return;
        }
        table.add(
                kind,
                where.name().toLowerCase(Locale.ROOT),
                calls,
                contender,
                rate,
                found.bytes(),
                found.timers(),
                found.timersAfter());
    }
}
