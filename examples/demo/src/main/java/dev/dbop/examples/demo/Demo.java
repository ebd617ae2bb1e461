package dev.dbop.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbop.testkit.TestServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.opentest4j.TestAbortedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs the demo: starts a server, does the same transfers in four ways, counts, and writes the report. Ends with
 * status 0 if dbop has lost and doubled nothing, 1 if it has or the demo could not run, 2 after a wrong flag.
 */
@Command(
        name = "demo",
        sortOptions = false,
        description = "Transfers money between hot accounts in four ways (no retry, a blind retry loop, a careful one,"
                + " dbop) while sessions are killed and answers to COMMIT get lost; then counts what the database really"
                + " holds.")
public final class Demo implements Callable<Integer> {
    @Mixin
    private Flags flags = new Flags();

    private final PrintStream out;

    private Demo(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the demo and ends the process.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        CommandLine command = new CommandLine(new Demo(out));
        command.getCommandSpec()
                .addOption(OptionSpec.builder("--help")
                        .usageHelp(true)
                        .description("this text")
                        .build());
        return command.setOut(new PrintWriter(out, true, UTF_8))
                .setParameterExceptionHandler((wrong, all) -> {
                    err.println("demo: " + wrong.getMessage() + suggestions(wrong) + " (see --help)");
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    err.println("demo: " + (isExpected(failure) ? failure.getMessage() : failure));
                    if (!isExpected(failure)) {
                        failure.printStackTrace(err);
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments);
    }

    private static String suggestions(ParameterException wrong) {
        return wrong instanceof UnmatchedArgumentException unknown
                        && !unknown.getSuggestions().isEmpty()
                ? "; is it " + String.join(" or ", unknown.getSuggestions()) + "?"
                : "";
    }

    private static boolean isExpected(Exception failure) {
        return failure instanceof TestAbortedException
                || failure instanceof SQLException
                || failure instanceof IOException;
    }

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        Plan plan = flags.plan();
        try (TestServer server = flags.server(plan)) {
            Setting setting = Setting.of(plan, server);
            out.println(setting.text());
            warmUp(plan, server);
            List<RoundResult> results = new ArrayList<>();
            for (Approach approach : Approach.values()) {
                results.add(run(plan, approach, server));
            }
            out.println("\n" + TerminalTable.of(results));
            Conclusion conclusion = Conclusion.of(results);
            new HtmlReport(setting, results, conclusion).write(flags.report());
            setting.hint().lines().forEach(out::println);
            out.println("report: " + flags.report().toUri());
            conclusion.text().lines().forEach(out::println);
            return conclusion.isPromiseKept() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private RoundResult run(Plan plan, Approach approach, TestServer server) throws SQLException, InterruptedException {
        Round round = new Round(plan, approach);
        Progress progress = Progress.begin(out, approach.title(), plan.perWay(), round.tally());
        try {
            return round.run(server);
        } finally {
            progress.end();
        }
    }

    /** No way is to pay for what the first one has the virtual machine and the server learn. */
    private void warmUp(Plan plan, TestServer server) throws SQLException, InterruptedException {
        out.println("warming up");
        for (Approach approach : Approach.values()) {
            new Round(plan.forWarmUp(), approach).run(server);
        }
    }
}
