package dev.dbop.moduletests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.moduletests.observed.Observer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** OpenTelemetry and Micrometer: nobody misses them, and who brings them can use them. */
class OptionalLibrariesTest {
    private static final String SCANNED = "every public type but those of dev.dbop.observe was scanned";

    @Test
    void areNotMissedOnTheModulePath() throws Exception {
        String output = run(
                "--module-path",
                path(Modules.core(), Modules.jdbc(), Modules.slf4j(), Modules.caller()),
                "--module",
                Modules.CALLER + "/" + Scanner.class.getName(),
                Modules.core().toString());

        assertThat(output).contains(SCANNED, "io.opentelemetry is absent", "io.micrometer is absent", "2 runs");
    }

    @Test
    void areNotMissedOnTheClassPath() throws Exception {
        String output = run(
                "-classpath",
                path(Modules.core(), Modules.jdbc(), Modules.slf4j(), Modules.caller()),
                Scanner.class.getName(),
                Modules.core().toString());

        assertThat(output).contains(SCANNED, "io.opentelemetry is absent", "io.micrometer is absent", "2 runs");
    }

    @Test
    void areUsedOnTheModulePathWhereTheyArePresent() throws Exception {
        List<Path> modules = new ArrayList<>(List.of(Modules.core(), Modules.jdbc(), Modules.slf4j()));
        modules.addAll(Modules.optional());
        String output = run(
                "--module-path",
                path(modules.toArray(Path[]::new)),
                "--add-modules",
                Modules.CORE + "," + Modules.JDBC + ",io.opentelemetry.api,io.opentelemetry.context,micrometer.core",
                "-classpath",
                path(Modules.caller(), Modules.tests()),
                Observer.class.getName());

        assertThat(output).contains("observed by " + Modules.CORE + ": 1 call, 2 attempts");
    }

    @Test
    void areUsedOnTheClassPathWhereTheyArePresent() throws Exception {
        List<Path> jars = new ArrayList<>(
                List.of(Modules.core(), Modules.jdbc(), Modules.slf4j(), Modules.caller(), Modules.tests()));
        jars.addAll(Modules.optional());

        assertThat(run("-classpath", path(jars.toArray(Path[]::new)), Observer.class.getName()))
                .contains("observed by null: 1 call, 2 attempts");
    }

    private static String path(Path... paths) {
        return Stream.of(paths).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
