package dev.dbop.benchmarks;

import dev.dbop.benchmarks.contention.Contention;
import dev.dbop.benchmarks.overhead.Overhead;
import dev.dbop.benchmarks.report.Report;
import dev.dbop.benchmarks.scale.Scale;
import dev.dbop.benchmarks.sick.SickDatabase;
import dev.dbop.benchmarks.turns.Turns;
import dev.dbop.benchmarks.twophase.TwoPhaseCost;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs a group by its name: {@code overhead}, {@code turns}, {@code contention}, {@code sick}, {@code scale} or {@code twophase}. */
public final class Benchmarks {
    /** Every group. */
    static final List<Group> GROUPS =
            List.of(new Overhead(), new Turns(), new Contention(), new SickDatabase(), new Scale(), new TwoPhaseCost());

    private Benchmarks() {}

    /**
     * Runs a group, prints its table and writes its files.
     *
     * @param arguments the group, then {@code name=value} each
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException(
                    "no group: must be one of " + names() + ", as in -Dbench.group=overhead");
        }
        int status = 1;
        try {
            Report report = run(arguments[0], Arrays.asList(arguments).subList(1, arguments.length));
            report.print(System.out);
            Path folder = Path.of(System.getProperty("dbop.bench.results", "target/results"));
            System.out.println("written: " + report.write(folder));
            status = 0;
        } catch (Exception | Error failure) {
            System.err.println("group " + arguments[0] + " failed");
            failure.printStackTrace(System.err);
        }
        // pools and timers of the peers, or a worker that waits, would keep the machine alive
        System.exit(status);
    }

    /**
     * Runs a group.
     *
     * @param name of the group
     * @param given settings, {@code name=value} each
     * @return its result
     * @throws Exception if the group does
     */
    static Report run(String name, List<String> given) throws Exception {
        Group group = GROUPS.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("group " + name + ": must be one of " + names()));
        return group.run(Arguments.of(group.defaults(), given));
    }

    private static List<String> names() {
        return GROUPS.stream().map(Group::name).toList();
    }
}
