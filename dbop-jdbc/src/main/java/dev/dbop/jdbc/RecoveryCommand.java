package dev.dbop.jdbc;

import dev.dbop.sql.DecisionTable;
import dev.dbop.twophase.GroupReport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@link Recovery} from the command line, for cron: {@code java -cp dbop-jdbc.jar:dbop-core.jar:slf4j-api.jar:
 * drivers.jar dev.dbop.jdbc.RecoveryCommand [--status] recovery.properties}.
 *
 * <p>The file names the databases, in the order they have in the {@link TwoPhase}:
 *
 * <pre>{@code
 * branches = accounts, ledger
 * accounts.url = jdbc:postgresql://db1/accounts
 * accounts.user = recovery
 * ledger.url = jdbc:mariadb://db2/ledger
 * ledger.user = recovery
 * prefix = dbop
 * decision-table = dbop_decision
 * }</pre>
 *
 * <p>Passwords stand in the file as {@code accounts.password}, or better in the environment as {@code
 * ACCOUNTS_PASSWORD}. Exit status: 0 if nothing is left in doubt, 1 if something is left to a later run, 2 if the file
 * or a database cannot be used.
 */
public final class RecoveryCommand {
    private static final Set<String> PER_BRANCH = Set.of("url", "user", "password");
    private static final String DEFAULT_TABLE = "dbop_decision";

    private final Properties settings;
    private final Map<String, String> environment;

    private RecoveryCommand(Properties settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /**
     * Runs once and ends the process with the status told above.
     *
     * @param arguments the file, after {@code --status} to only list what is in doubt
     */
    public static void main(String[] arguments) {
        System.exit(run(Arrays.asList(arguments), System.getenv(), System.out, System.err));
    }

    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        boolean statusOnly = arguments.contains("--status");
        List<String> files = arguments.stream()
                .filter(argument -> !argument.equals("--status"))
                .toList();
        if (files.size() != 1 || files.get(0).startsWith("-")) {
            err.println("usage: RecoveryCommand [--status] <properties file>");
            return 2;
        }
        try {
            Recovery recovery = new RecoveryCommand(read(Path.of(files.get(0))), environment)
                    .twoPhase()
                    .recovery();
            return statusOnly ? status(recovery, out) : recover(recovery, out);
        } catch (IOException | SQLException | RuntimeException unusable) {
            err.println(files.get(0) + ": " + unusable.getMessage());
            return 2;
        }
    }

    private static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (java.nio.file.NoSuchFileException missing) {
            throw new IOException("no such file: name the properties file of the databases", missing);
        }
        return properties;
    }

    private TwoPhase twoPhase() throws SQLException {
        List<String> branches = List.of(required("branches").strip().split("\\s*,\\s*", -1));
        refuseUnknown(branches);
        TwoPhase.Builder builder = TwoPhase.builder()
                .prefix(settings.getProperty("prefix", "dbop").strip())
                .decisionTable(DecisionTable.named(settings.getProperty("decision-table", DEFAULT_TABLE)
                        .strip()
                        .split("\\.", -1)));
        for (String branch : branches) {
            builder.branch(
                    branch,
                    new UrlDataSource(
                            required(branch + ".url").strip(),
                            settings.getProperty(branch + ".user"),
                            password(branch)));
        }
        return builder.build();
    }

    private @Nullable String password(String branch) {
        String variable = branch.toUpperCase(Locale.ROOT).replace('-', '_') + "_PASSWORD";
        String fromEnvironment = environment.get(variable);
        return fromEnvironment != null ? fromEnvironment : settings.getProperty(branch + ".password");
    }

    private String required(String key) {
        String value = settings.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing: it must be set");
        }
        return value;
    }

    private void refuseUnknown(List<String> branches) {
        Set<String> known = branches.stream()
                .flatMap(branch -> PER_BRANCH.stream().map(key -> branch + "." + key))
                .collect(Collectors.toCollection(TreeSet::new));
        known.addAll(Set.of("branches", "prefix", "decision-table"));
        for (String key : settings.stringPropertyNames()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(key + " is not a setting: must be one of " + known);
            }
        }
    }

    private static int status(Recovery recovery, PrintStream out) {
        List<InDoubt> doubts = recovery.status();
        for (InDoubt doubt : doubts) {
            Duration age = doubt.age();
            out.println(doubt.group() + " prepared in " + doubt.branches()
                    + (age == null ? "" : " since " + age.toSeconds() + " s"));
        }
        out.println(doubts.size() + " in doubt");
        return doubts.isEmpty() ? 0 : 1;
    }

    private static int recover(Recovery recovery, PrintStream out) {
        RecoveryReport report = recovery.recover();
        for (GroupReport group : report.groups()) {
            out.println(describe(group));
        }
        report.unavailable().forEach((name, why) -> out.println(name + " could not be reached: " + why.getMessage()));
        out.println(report.groups().size() + " groups found, " + report.rowsDeleted() + " decision rows deleted"
                + (report.isComplete() ? "" : "; something is left to a later run"));
        return report.isComplete() ? 0 : 1;
    }

    private static String describe(GroupReport report) {
        if (report instanceof GroupReport.Committed) {
            return report.group() + " committed";
        }
        if (report instanceof GroupReport.RolledBack) {
            return report.group() + " rolled back";
        }
        if (report instanceof GroupReport.Deferred deferred) {
            return report.group() + " left to a later run: " + deferred.why();
        }
        return report instanceof GroupReport.Conflicting conflicting
                ? report.group() + " CONFLICTING, look at it: " + conflicting.what()
                : report.group() + " finished by somebody else";
    }
}
