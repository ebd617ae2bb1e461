package dev.dbop.benchmarks.overhead;

import dev.dbop.benchmarks.Arguments;
import dev.dbop.benchmarks.Group;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.report.Chart;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Nanoseconds and bytes of a call, by JMH. */
public final class Overhead implements Group {
    /** JMH measures its objects in a way that newer JDKs warn of. */
    private static final int WARNS_OF_UNSAFE = 24;

    @Override
    public String name() {
        return "overhead";
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("scenarios", "happy,two_failures,step,tx,tx_two_failures,async,async_two_failures");
        defaults.put("contenders", "");
        defaults.put("warmups", "3");
        defaults.put("iterations", "3");
        defaults.put("time", "1s");
        defaults.put("forks", "1");
        // the java program of another JDK, of the same age or newer
        defaults.put("jvm", "");
        return defaults;
    }

    @Override
    public Report run(Arguments arguments) throws RunnerException {
        Table table = new Table("scenario", "contender", "ns", "± ns", "bytes");
        for (Calls.Scenario scenario : arguments.constants("scenarios", Calls.Scenario.class)) {
            List<String> wanted = arguments.list("contenders");
            List<String> contenders = new ArrayList<>(scenario.contenders());
            contenders.removeIf(name -> !wanted.isEmpty() && !wanted.contains(name));
            for (RunResult result :
                    new Runner(options(scenario, contenders, arguments).build()).run()) {
                add(table, scenario, result);
            }
        }
        String[] keys = {"scenario"};
        table.addDifference("ns above hand", "ns", "contender", Peers.HAND, keys);
        table.addDifference("bytes above hand", "bytes", "contender", Peers.HAND, keys);
        table.addRatio("ns / hand", "ns", "contender", Peers.HAND, keys);
        return new Report(
                name(),
                arguments.all(),
                table,
                new Chart("Nanoseconds per call", List.of("scenario"), List.of("contender"), "ns"));
    }

    private static ChainedOptionsBuilder options(
            Calls.Scenario scenario, List<String> contenders, Arguments arguments) {
        TimeValue time = TimeValue.milliseconds(arguments.time("time").toMillis());
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(OverheadBenchmark.class.getName())
                .param("scenario", scenario.name())
                .param("contender", contenders.toArray(String[]::new))
                .warmupIterations(arguments.number("warmups"))
                .warmupTime(time)
                .measurementIterations(arguments.number("iterations"))
                .measurementTime(time)
                .forks(arguments.number("forks"))
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (Runtime.version().feature() >= WARNS_OF_UNSAFE) {
            options.jvmArgsAppend("--sun-misc-unsafe-memory-access=allow");
        }
        String jvm = arguments.text("jvm");
        return jvm.isEmpty() ? options : options.jvm(jvm);
    }

    private static void add(Table table, Calls.Scenario scenario, RunResult result) {
        Result<?> time = result.getPrimaryResult();
        double error = time.getScoreError();
        table.add(
                scenario.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                result.getParams().getParam("contender"),
                time.getScore(),
                Double.isNaN(error) ? null : error,
                bytes(result));
    }

    private static @Nullable Double bytes(RunResult result) {
        Double bytes = null;
        for (String name : result.getSecondaryResults().keySet()) {
            if (name.endsWith("gc.alloc.rate.norm")) {
                Result<?> rate = result.getSecondaryResults().get(name);
                bytes = (double) Math.round(rate.getScore());
            }
        }
        return bytes;
    }
}
