package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A running {@link TransferMain}, as its parent sees it. */
final class TransferProcess implements AutoCloseable {
    /** 128 and the number of SIGKILL. */
    private static final int KILLED = 137;

    private final Process process;
    private final BufferedReader reports;
    private final BufferedWriter orders;

    private TransferProcess(Process process) {
        this.process = process;
        this.reports = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts one, which then waits for {@link #connect}.
     *
     * @param temporary where it may leave files behind
     */
    static TransferProcess start(Path temporary) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Djava.io.tmpdir=" + temporary));
        command.addAll(List.of("-cp", classPath(), TransferMain.class.getName()));
        return new TransferProcess(new ProcessBuilder(command)
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
    void connect(List<String> urls) throws IOException {
        assertThat(reports.readLine()).isEqualTo(TransferMain.UP);
        order(String.join(TransferMain.SEPARATOR, urls));
        assertThat(reports.readLine()).isEqualTo(TransferMain.BUILT);
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
        assertThat(reports.readLine()).isEqualTo(TransferMain.RETURNED + " []");
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
