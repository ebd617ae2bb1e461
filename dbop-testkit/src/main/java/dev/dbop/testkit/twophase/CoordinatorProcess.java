package dev.dbop.testkit.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One transaction over several databases in a JVM of its own, that is there to be killed: as its parent sees it. */
public final class CoordinatorProcess implements AutoCloseable {
    /** 128 and the number of SIGKILL. */
    private static final int KILLED = 137;

    /** Between the addresses in the first line of its input. */
    private static final String SEPARATOR = "\t";

    private static final String UP = "up";
    private static final String BUILT = "built";
    private static final String RETURNED = "returned";

    private final Process process;
    private final BufferedReader reports;
    private final BufferedWriter orders;

    private CoordinatorProcess(Process process) {
        this.process = process;
        this.reports = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Connects to the databases before it is told to begin. */
    @FunctionalInterface
    public interface Build {
        /**
         * Makes the transaction manager.
         *
         * @param addresses of the databases, in order
         * @return what moves the money
         * @throws Exception if it cannot
         */
        Transfer connect(List<String> addresses) throws Exception;
    }

    /** The transaction. */
    @FunctionalInterface
    public interface Transfer {
        /**
         * Takes 1 from account 1 of the first database for each other one, and adds it there.
         *
         * @return the names of the databases left to recovery
         * @throws Exception if it fails
         */
        List<String> run() throws Exception;
    }

    /**
     * What the main method of the other JVM does.
     *
     * @param build connects to the databases
     * @throws Exception ends that JVM
     */
    public static void serve(Build build) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        say(UP);
        String addresses = Objects.requireNonNull(orders.readLine(), "the addresses");
        Transfer transfer = build.connect(List.of(addresses.split(SEPARATOR, -1)));
        say(BUILT);
        Objects.requireNonNull(orders.readLine(), "the order to begin");
        say(RETURNED + " " + transfer.run());
        // Until it is killed; the input ends if the parent dies first.
        orders.readLine();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /**
     * Starts one, which then waits for {@link #connect}.
     *
     * @param main whose main method calls {@link #serve}
     * @param temporary where it may leave files behind
     */
    static CoordinatorProcess start(Class<?> main, Path temporary) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Djava.io.tmpdir=" + temporary));
        command.addAll(List.of("-cp", classPath(), main.getName()));
        return new CoordinatorProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Without what only costs time to start. */
    private static String classPath() {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.contains("logback-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns once it knows the databases and has yet to begin. */
    void connect(List<String> addresses) throws IOException {
        assertThat(reports.readLine()).isEqualTo(UP);
        order(String.join(SEPARATOR, addresses));
        assertThat(reports.readLine()).isEqualTo(BUILT);
    }

    void begin() throws IOException {
        order("begin");
    }

    private void order(String line) throws IOException {
        orders.write(line + "\n");
        orders.flush();
    }

    /** Waits until the transfer has returned. */
    void awaitReturn() throws IOException {
        assertThat(reports.readLine()).isEqualTo(RETURNED + " []");
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        assertThat(process.isAlive()).isTrue();
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(KILLED);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
