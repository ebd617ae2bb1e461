package dev.dbop.docs.reference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Renders the round trips from the tests that count them: a number stands here because a test asserts it. */
final class RoundTripsPage {
    private static final Pattern BUDGET = Pattern.compile("super\\(db, \"([^\"]*)\", new Budget\\(([\\d, ]+)\\)\\)");
    private static final Pattern COMPONENTS = Pattern.compile("(?s)record Budget\\(([^)]*)\\)");
    private static final Pattern VERTX = Pattern.compile("super\\(database, (\\d+), (\\d+)\\)");
    private static final Pattern DATABASE = Pattern.compile("@RealDatabase\\((?:value = )?Database\\.(\\w+)");
    private static final Map<String, String> DATABASES =
            Map.of("POSTGRESQL", "PostgreSQL", "MARIADB", "MariaDB", "MYSQL", "MySQL");
    private static final Map<String, String> OWN_DRIVERS =
            Map.of("POSTGRESQL", "pgjdbc", "MARIADB", "MariaDB Connector/J", "MYSQL", "MySQL Connector/J");
    private static final List<String> ORDER = List.of("PostgreSQL", "MariaDB", "MySQL");
    private static final List<String> CASES =
            List.of("transaction", "serializable", "limited", "limitedSerializable", "savepoint", "limitedSavepoint");

    private RoundTripsPage() {}

    /** What one client pays, in the order of the cases. */
    record Row(String database, String client, List<Integer> trips) {}

    static String render() {
        StringBuilder page = new StringBuilder(Texts.INTRODUCTION);
        page.append(table(jdbc("dbop-jdbc/src/test/java/dev/dbop/jdbc", "RoundTripsTest")));
        page.append(Texts.LAYERS);
        page.append(table(vertx()));
        return page.append(String.format(
                        Texts.END,
                        ProbeRoundTripsTest.PLAIN,
                        ProbeRoundTripsTest.XACT_STATUS,
                        ProbeRoundTripsTest.XACT_STATUS_AND_TIMEOUTS,
                        ProbeRoundTripsTest.TOKEN))
                .toString();
    }

    private static String table(List<Row> rows) {
        StringBuilder table = new StringBuilder(Texts.HEAD);
        rows.stream()
                .sorted(Comparator.comparingInt((Row row) -> ORDER.indexOf(row.database))
                        .thenComparing(Row::client))
                .forEach(row -> {
                    table.append(String.format("| %s | %s |", row.database, row.client));
                    row.trips.forEach(trips -> table.append(' ').append(trips).append(" |"));
                    table.append('\n');
                });
        return table.toString();
    }

    /** The rows of the tests of a blocking client, which all have the same budgets. */
    static List<Row> jdbc(String folder, String base) {
        Path tests = Pages.ROOT.resolve(folder);
        List<String> components = components(Pages.read(tests.resolve(base + ".java")));
        List<Row> rows = new ArrayList<>();
        for (Path file : Pages.javaFilesIn(tests)) {
            Matcher budget = BUDGET.matcher(Pages.read(file));
            if (budget.find()) {
                rows.add(row(Pages.read(file), budget.group(1), numbers(budget.group(2)), components));
            }
        }
        return rows;
    }

    private static Row row(String text, String parameters, List<Integer> numbers, List<String> components) {
        String database = find(DATABASE, text);
        String client = text.contains("MARIADB_CONNECTOR")
                ? "MariaDB Connector/J"
                : Objects.requireNonNull(OWN_DRIVERS.get(database));
        String option = parameters.isEmpty() ? "" : ", `" + parameters.replace("&", "") + "`";
        if (text.contains("ridingPrologue")) {
            option += ", `ridingPrologue`";
        }
        return new Row(
                Objects.requireNonNull(DATABASES.get(database)),
                client + option,
                CASES.stream()
                        .map(name -> numbers.get(components.indexOf(name)))
                        .toList());
    }

    /** The rows of the Vert.x tests, which assert two round trips in every case, and what the beginning costs. */
    static List<Row> vertx() {
        List<Row> rows = new ArrayList<>();
        for (Path file : Pages.javaFilesIn(Pages.ROOT.resolve("dbop-vertx/src/test/java/dev/dbop/vertx"))) {
            String text = Pages.read(file);
            Matcher trips = VERTX.matcher(text);
            if (file.toString().endsWith("RoundTripsTest.java") && trips.find()) {
                String database = find(DATABASE, text);
                boolean postgres = database.equals("POSTGRESQL");
                String client = postgres ? "`vertx-pg-client`" : "`vertx-mysql-client`, pipelining " + trips.group(1);
                int each = 2 + Integer.parseInt(trips.group(2));
                rows.add(new Row(
                        Objects.requireNonNull(DATABASES.get(database)),
                        client,
                        CASES.stream().map(name -> each).toList()));
            }
        }
        return rows;
    }

    private static List<String> components(String test) {
        return Pattern.compile(",")
                .splitAsStream(find(COMPONENTS, test))
                .map(component -> component.strip().replaceFirst("\\w+ ", ""))
                .toList();
    }

    private static List<Integer> numbers(String list) {
        return Pattern.compile(", ?").splitAsStream(list).map(Integer::valueOf).toList();
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT, "%s is not in: %s", pattern, text.lines().findFirst()));
        }
        return matcher.group(1);
    }

    /** What stands around the tables. */
    private static final class Texts {
        static final String INTRODUCTION = """
            # Round trips

            What a call costs on the wire: requests and their answers, counted by a proxy between client and server, of an
            operation that is one UPDATE. **The UPDATE's own round trip is in the numbers**: 1 is an operation that costs
            nothing more. The proxy delays both ways, so that what a client sends without waiting counts once.

            Every number is asserted by a test, and this page is generated from those tests; to bring it up to date, run the
            tests of the module `docs` with `-Ddbop.docs.update=true`. Versions: [supported versions](versions.md).

            ## JDBC

            """;
        static final String HEAD = """
            | database | client | transaction | SERIALIZABLE | both timeouts | SERIALIZABLE, both timeouts | step | step, both timeouts |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            """;
        static final String LAYERS = """

            A statement in `JdbcScope.autocommit` costs 1 everywhere. *Step* is `JdbcScope.savepoint` in a transaction that has
            begun, *both timeouts* are `lockTimeout` and `statementTimeout`; what they were before is put back when a step ends, at
            no cost of its own.

            With `ridingPrologue` (`JdbcScope.ridingPrologue(scope)`, and the like of jOOQ and Hibernate) BEGIN, SAVEPOINT and limits
            travel with the operation's first statement.

            With MySQL Connector/J write `allowMultiQueries=true` into the URL if your SQL is safe with it: what dbop sends then goes
            out joined. Such a text is not stopped in its first half second: a `KILL QUERY` between two of its statements would not
            be answered.

            ## jOOQ, Hibernate

            The same numbers, asserted by the same tests in `dbop-jooq` and `dbop-hibernate`: neither layer adds a round trip to what
            its client makes by itself. An entity that Hibernate reads before it changes it costs 1 more, its SELECT.

            ## Vert.x

            """;
        static final String END = """

            BEGIN, timeouts, isolation level and SAVEPOINT travel with the operation's first statement where the client pipelines, so
            that COMMIT or RELEASE is all that is left to pay for. `vertx-mysql-client` pipelines only where it is told to
            (`setPipeliningLimit`); its default is 1. `VertxScope.autocommit` costs 1; a limit on the attempt costs nothing.

            ## Commit probes and two-phase commit

            On PostgreSQL with pgjdbc, a transaction of one UPDATE:

            | transaction | round trips |
            | --- | --- |
            | as it is | %d |
            | with `JdbcCommitProbe.pgXactStatus` | %d |
            | with `pgXactStatus` and both timeouts | %d |
            | with `tokenRow` and both timeouts | %d |

            A transaction over *n* databases of PostgreSQL with one UPDATE in each costs 3 *n* in all, the decision row included: as
            many as the same written by hand without one.
            """;
    }
}
