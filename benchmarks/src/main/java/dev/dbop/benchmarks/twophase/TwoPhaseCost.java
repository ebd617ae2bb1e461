package dev.dbop.benchmarks.twophase;

import dev.dbop.benchmarks.Arguments;
import dev.dbop.benchmarks.Group;
import dev.dbop.benchmarks.report.Chart;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.report.Table;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one transaction over several databases costs, one UPDATE in each, against the same written by hand, statement after
 * statement: by the same protocol, by the textbook's, and by one that leaves nothing to recover from. The servers write to
 * disk before they answer.
 *
 * <p>The contenders take turns in blocks, after many calls each to warm up, so that whatever else the machine does is
 * shared.
 */
public final class TwoPhaseCost implements Group {
    @Override
    public String name() {
        return "twophase";
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put(
                "groups",
                "postgresql+postgresql,postgresql+mariadb,postgresql+postgresql+postgresql+postgresql,"
                        + "postgresql+postgresql+postgresql+mariadb");
        defaults.put("warmups", "500");
        defaults.put("calls", "500");
        defaults.put("delayed", "200");
        defaults.put("delay", "1ms");
        return defaults;
    }

    @Override
    public Report run(Arguments arguments) throws SQLException {
        Table table = new Table("databases", "each way", "contender", "turns", "median ms", "mean ms");
        for (String group : arguments.list("groups")) {
            List<Database> databases = Arrays.stream(group.split("\\+"))
                    .map(name -> Database.valueOf(name.toUpperCase(Locale.ROOT)))
                    .toList();
            measure(table, databases, Duration.ZERO, arguments.number("calls"), arguments);
            measure(table, databases, arguments.time("delay"), arguments.number("delayed"), arguments);
        }
        table.addRatio("median / hand", "median ms", "contender", Setting.SAME_PROTOCOL, "databases", "each way");
        return new Report(
                name(),
                arguments.all(),
                table,
                new Chart(
                        "Milliseconds of a transaction over several databases",
                        List.of("databases", "each way"),
                        List.of("contender"),
                        "median ms"));
    }

    private static void measure(Table table, List<Database> databases, Duration eachWay, int calls, Arguments arguments)
            throws SQLException {
        try (Setting setting = new Setting(databases)) {
            for (int done = 0; done < arguments.number("warmups"); done += Setting.BLOCK) {
                setting.block(false);
            }
            setting.delay(eachWay);
            for (int done = 0; done < calls; done += Setting.BLOCK) {
                setting.block(true);
            }
            String names = databases.stream()
                    .map(database -> database.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining("+"));
            for (Contender contender : setting.contenders()) {
                table.add(
                        names,
                        eachWay.toMillis() + " ms",
                        contender.name(),
                        contender.roundTrips(),
                        contender.median() / 1e6,
                        contender.mean() / 1e6);
            }
        }
    }

    /** One transaction. */
    @FunctionalInterface
    interface Transaction {
        void run() throws SQLException;
    }
}
