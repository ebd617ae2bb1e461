package dev.dbop.benchmarks.contention;

import dev.dbop.benchmarks.Arguments;
import dev.dbop.benchmarks.Group;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.peers.Transactions;
import dev.dbop.benchmarks.report.Chart;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.report.Table;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every combination of what the arguments list, one short cell after the other. */
public final class Contention implements Group {
    /** A group that takes longer cannot be told from one that hangs. */
    private static final Duration LONGEST = Duration.ofMinutes(8);

    /** Making the tables, and letting go what waits at the end. */
    private static final Duration BETWEEN = Duration.ofMillis(1500);

    private static final String EVERYBODY = String.join(",", Transactions.names());

    /** What is worth asking, by name: {@code set=rules}. */
    private static final Map<String, Map<String, String>> SETS = Map.of(
            "peers", Map.of("workloads", "hot,mild", "contenders", EVERYBODY, "rules", "none,8ms"),
            "detector", Map.of("detectors", "100ms", "contenders", EVERYBODY, "rules", "none,8ms"),
            "rules",
                    Map.of(
                            "workloads", "hot,mild,keepers,queue",
                            "rules",
                                    "none,8ms,20ms,50ms,200ms,grow:8ms:2,grow:8ms:4,grow:20ms:2,grow:8ms:2:2,"
                                            + "observed:4:2:2",
                            "paces", "exp:100ms:1s"),
            "paces",
                    Map.of(
                            "workloads", "hot,mild,queue",
                            "rules", "none,grow:8ms:2:2",
                            "paces",
                                    "full:5ms:200ms,full:50ms:1s,equal:20ms:800ms,exp:20ms:500ms,exp:100ms:1s,"
                                            + "victim/full:5ms:50ms+exp:100ms:1s,victim/exp:100ms:1s+full:5ms:200ms"),
            "levels",
                    Map.of(
                            "isolations", "repeatable_read,serializable",
                            "workloads", "hot,counter",
                            "contenders", EVERYBODY,
                            "rules", "none,8ms"),
            "innodb",
                    Map.of(
                            "databases", "mysql,mariadb",
                            "isolations", "read_committed,repeatable_read,serializable",
                            "workloads", "hot,counter",
                            "contenders", EVERYBODY,
                            "time", "3s"),
            "innodb-rules",
                    Map.of(
                            "databases", "mysql,mariadb",
                            "workloads", "hot,mild,keepers,queue",
                            "rules", "none,1s,statement/20ms,statement/grow:20ms:2:2,attempt/50ms"));

    @Override
    public String name() {
        return "contention";
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("set", "peers");
        defaults.put("databases", "postgresql");
        defaults.put("detectors", "1s");
        defaults.put("isolations", "read_committed");
        defaults.put("workloads", "hot");
        defaults.put("contenders", "dbop");
        defaults.put("rules", "none");
        defaults.put("paces", "full:5ms:200ms");
        defaults.put("workers", "16");
        defaults.put("attempts", "10");
        defaults.put("time", "8s");
        return defaults;
    }

    @Override
    public Report run(Arguments given) throws SQLException, InterruptedException {
        Arguments arguments = preset(given);
        List<Cell> cells = cells(arguments);
        Duration time = arguments.time("time");
        Duration needed = needed(cells, time);
        if (needed.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(cells.size() + " cells of " + time.toMillis() + " ms need about "
                    + needed.toMinutes() + " minutes: must be at most " + LONGEST.toMinutes()
                    + "; list less, or give a shorter time");
        }
        System.out.println(cells.size() + " cells, about " + needed.toSeconds() + " s");
        Table table = new Table(
                "database",
                "detector",
                "isolation",
                "workload",
                "contender",
                "rule",
                "pace",
                "commits/s",
                "retries/commit",
                "gave up",
                "unfinished",
                "p50 ms",
                "p99 ms",
                "max ms",
                "keepers/s");
        for (Cell cell : cells) {
            add(table, cell, cell.run(arguments.number("workers"), arguments.number("attempts"), time));
        }
        table.addRatio(
                "commits / hand",
                "commits/s",
                "contender",
                Peers.HAND,
                "database",
                "detector",
                "isolation",
                "workload");
        return new Report(
                name() + "-" + arguments.text("set"),
                arguments.all(),
                table,
                new Chart(
                        "Commits per second",
                        List.of("database", "isolation", "workload"),
                        List.of("contender", "rule", "pace"),
                        "commits/s"));
    }

    /**
     * Returns about how long a set takes.
     *
     * @param set its name
     * @return the time of all its cells, with what comes between them
     */
    public static Duration needed(String set) {
        Map<String, String> defaults = new Contention().defaults();
        Arguments arguments = preset(Arguments.of(defaults, List.of("set=" + set)));
        return needed(cells(arguments), arguments.time("time"));
    }

    private static Duration needed(List<Cell> cells, Duration time) {
        return time.plus(BETWEEN).multipliedBy(cells.size());
    }

    private static Arguments preset(Arguments given) {
        Map<String, String> preset = SETS.get(given.text("set"));
        if (preset == null) {
            throw new IllegalArgumentException("set " + given.text("set") + ": must be one of " + SETS.keySet());
        }
        return given.withPreset(preset);
    }

    private static List<Cell> cells(Arguments arguments) {
        List<Cell> cells = new ArrayList<>();
        for (Database database : arguments.constants("databases", Database.class)) {
            List<String> detectors = database == Database.POSTGRESQL ? arguments.list("detectors") : List.of("at once");
            for (String detector : detectors) {
                for (Isolation isolation : arguments.constants("isolations", Isolation.class)) {
                    for (Workload workload : arguments.constants("workloads", Workload.class)) {
                        addCells(cells, database, detector, isolation, workload, arguments);
                    }
                }
            }
        }
        return cells;
    }

    private static void addCells(
            List<Cell> cells,
            Database database,
            String detector,
            Isolation isolation,
            Workload workload,
            Arguments arguments) {
        for (String contender : arguments.list("contenders")) {
            for (String rule : arguments.list("rules")) {
                for (String pace : arguments.list("paces")) {
                    Cell cell = new Cell(
                            database, detector, isolation, workload, contender, LockRule.of(rule), Pacing.of(pace));
                    if (cell.makesSense()) {
                        cells.add(cell);
                    }
                }
            }
        }
    }

    private static void add(Table table, Cell cell, CellResult result) {
        table.add(
                cell.database().name().toLowerCase(Locale.ROOT),
                cell.detector(),
                cell.isolation().sql(),
                cell.workload().name().toLowerCase(Locale.ROOT),
                cell.contender(),
                cell.rule().text(),
                cell.pacing().text(),
                result.commitsPerSecond(),
                result.retriesPerCommit(),
                result.gaveUp(),
                result.unfinished(),
                result.p50(),
                result.p99(),
                result.max(),
                result.keepersPerSecond());
    }
}
