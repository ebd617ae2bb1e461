package dev.dbop.examples.demo;

import dev.dbop.sql.Database;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line. */
final class Flags {
    private static final Map<String, Database> BY_URL = Map.of(
            "jdbc:postgresql:", Database.POSTGRESQL,
            "jdbc:mariadb:", Database.MARIADB,
            "jdbc:mysql:", Database.MYSQL);

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--db",
            paramLabel = "KIND",
            converter = Kind.class,
            description = "postgresql (the default), mariadb, mysql or sqlite, started for the demo")
    private @Nullable Database database;

    @Option(
            names = "--url",
            paramLabel = "JDBC_URL",
            description = "a server of your own instead: host, port, user and password of someone who may create"
                    + " databases; the demo drops those it creates")
    private @Nullable String url;

    @Option(names = "--workers", paramLabel = "N", description = "2 to 64 (default: ${DEFAULT-VALUE})")
    private int workers = 16;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "for each of the four ways, 1 to 300 (default: ${DEFAULT-VALUE})")
    private int seconds = 15;

    @Option(names = "--seed", paramLabel = "N", description = "of the transfers (default: ${DEFAULT-VALUE})")
    private long seed = 42;

    @Option(names = "--report", paramLabel = "FILE", description = "where the report goes (default: ${DEFAULT-VALUE})")
    private Path report = Path.of("target", "dbop-demo.html");

    /** Reads what {@code --db} names. */
    static final class Kind implements ITypeConverter<Database> {
        @Override
        public Database convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "postgresql" -> Database.POSTGRESQL;
                case "mariadb" -> Database.MARIADB;
                case "mysql" -> Database.MYSQL;
                case "sqlite" -> Database.SQLITE;
                default ->
                    throw new TypeConversionException(
                            "'" + value + "' must be one of postgresql, mariadb, mysql, sqlite; use --url for a server"
                                    + " of your own");
            };
        }
    }

    Plan plan() {
        check("--workers", workers, 2, 64, "16 contend well");
        check("--seconds", seconds, 1, 300, "15 show everything");
        return new Plan(kind(), workers, Duration.ofSeconds(seconds), seed);
    }

    /** Starts what the plan is run on, or finds the user's own server, which closing leaves as it is. */
    TestServer server(Plan plan) {
        if (url == null) {
            return TestServers.start(plan.database());
        }
        // The test kit takes the URL of a server that somebody else runs from a system property.
        System.setProperty("dbop.test." + plan.database().name().toLowerCase(Locale.ROOT) + ".url", url);
        try {
            TestServer server = TestServers.shared(plan.database());
            server.version();
            return server;
        } catch (SQLException | IllegalStateException unreachable) {
            throw refused("--url names a server that cannot be used: " + unreachable.getMessage());
        } catch (IllegalArgumentException unreadable) {
            throw refused("--url cannot be read: must be jdbc:<database>://host:port/name?user=...&password=...; name"
                    + " the host, the port and the user");
        }
    }

    Path report() {
        return report.toAbsolutePath();
    }

    /** What the URL says; the URL itself stays out of messages, since it holds a password. */
    private Database kind() {
        if (url == null) {
            return database == null ? Database.POSTGRESQL : database;
        }
        for (Map.Entry<String, Database> kind : BY_URL.entrySet()) {
            if (url.startsWith(kind.getKey())) {
                if (database != null && database != kind.getValue()) {
                    throw refused("--db is " + database.productName() + " and --url begins with '" + kind.getKey()
                            + "': they must agree; leave --db out");
                }
                return kind.getValue();
            }
        }
        throw refused("--url begins with '" + url.substring(0, url.indexOf(':', 5) + 1)
                + "': it must begin with jdbc:postgresql:, jdbc:mariadb: or jdbc:mysql:; for SQLite use --db sqlite");
    }

    private void check(String flag, int value, int least, int most, String remedy) {
        if (value < least || value > most) {
            throw refused(flag + " is " + value + ": must be from " + least + " to " + most + "; " + remedy);
        }
    }

    private ParameterException refused(String message) {
        CommandLine commandLine = spec == null ? new CommandLine(new Flags()) : spec.commandLine();
        return new ParameterException(commandLine, message);
    }
}
