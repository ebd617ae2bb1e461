package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

final class TestServersTest {

    @Test
    void sharesOneServerPerDatabaseAndOptions() {
        TestServer plain = TestServers.shared(Database.SQLITE);

        assertThat(TestServers.shared(Database.SQLITE)).isSameAs(plain);
        assertThat(TestServers.shared(Database.SQLITE, "journal_mode=wal")).isNotSameAs(plain);
    }

    @Test
    void refusesAnOptionThatIsNoNameWithAValue() {
        assertThatThrownBy(() -> TestServers.shared(Database.SQLITE, "journal_mode"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server option 'journal_mode' must be name=value");
    }

    @Test
    void saysHowToNameAServerThatCannotBeStarted() {
        System.setProperty("dbop.test.requireAll", "true");
        try {
            assertThatThrownBy(() -> TestServers.shared(Database.COCKROACHDB))
                    .isInstanceOf(AssertionFailedError.class)
                    .hasMessageContaining("-Ddbop.test.cockroachdb.url");
        } finally {
            System.clearProperty("dbop.test.requireAll");
        }
    }

    @Test
    void prefersTheServerThatAUrlNamesAndLeavesItRunning() throws SQLException {
        TestServers.Key plain = new TestServers.Key(Database.MARIADB, List.of());
        try (TestServer own = TestServers.start(Database.MARIADB)) {
            System.setProperty(
                    "dbop.test.mariadb.url",
                    ClientDriver.OWN.url(Database.MARIADB, own.host(), own.port(), "mysql", own.admin()));
            try (TestServer named = new TestServer(Database.MARIADB, TestServers.launchShared(plain));
                    TestDatabase database = named.createDatabase(ClientDriver.OWN)) {
                assertThat(named.port()).isEqualTo(own.port());
                assertThat(database.number("select 1")).isEqualTo(1);
                assertThatThrownBy(named::kill).isInstanceOf(UnsupportedOperationException.class);
            } finally {
                System.clearProperty("dbop.test.mariadb.url");
            }
            assertThat(own.version()).contains("MariaDB");
        }
    }

    @Test
    void refusesAUrlWithoutAUserAndShowsNoPassword() {
        assertThatThrownBy(() -> ExternalServer.at("jdbc:mariadb://somewhere:3306/?password=hush"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("somewhere")
                .hasMessageNotContaining("hush");
    }

    @Test
    void readsUserAndPasswordOfAUrl() {
        ExternalServer server = ExternalServer.at("jdbc:postgresql://h:5433/db?user=me&password=a%26b%20c&x");

        assertThat(server).isEqualTo(new ExternalServer("h", 5433, new Credentials("me", "a&b c"), "db"));
    }

    @Test
    void clearsAwayTheServerOfAJvmThatWasKilled() throws IOException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DiesWithAServer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ProcessHandle orphan = serverOf(jvm);

        // another JVM of tests would clear it away as soon as its owner is dead
        CacheFolder.exclusively(root -> {
            jvm.getOutputStream().close();
            RunFolder.awaitEnd(jvm.toHandle(), Duration.ofSeconds(20));
            assertThat(orphan.isAlive()).isTrue();
            assertThat(foldersOf(jvm.pid())).isNotEmpty();
            return true;
        });
        TestServers.start(Database.SQLITE).close();

        assertThat(orphan.isAlive()).isFalse();
        assertThat(foldersOf(jvm.pid())).isEmpty();
    }

    @Test
    void takesItCalmlyThatAnOwnerHasJustClosedItsFolder(@TempDir Path runs) {
        assertThatCode(() -> RunFolder.sweepOne(runs.resolve("mysql-1-2-3.owner")))
                .doesNotThrowAnyException();
    }

    @Test
    void goesOnPastWhatItCannotClearAway(@TempDir Path runs) throws IOException {
        String half = leftBehind(runs, "half-1-2-3", "");
        String gone = leftBehind(runs, "gone-1-2-3", "1 1970-01-01T00:00:00Z");

        RunFolder.sweep(runs);

        assertThat(runs.resolve(half)).exists();
        assertThat(runs.resolve(gone)).doesNotExist();
    }

    /** What a JVM leaves that died, perhaps while it noted its server. */
    private static String leftBehind(Path runs, String name, String server) throws IOException {
        Files.createFile(runs.resolve(name + ".owner"));
        Files.writeString(Files.createDirectory(runs.resolve(name)).resolve("server"), server);
        return name;
    }

    private static ProcessHandle serverOf(Process jvm) throws IOException {
        try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
            String line = output.lines()
                    .filter(text -> text.startsWith("server "))
                    .findFirst()
                    .orElseThrow();
            return ProcessHandle.of(Long.parseLong(line.substring("server ".length())))
                    .orElseThrow();
        }
    }

    private static List<Path> foldersOf(long pid) throws IOException {
        try (var files = Files.list(Settings.cacheFolder().resolve("run"))) {
            return files.filter(file -> file.getFileName().toString().contains("-" + pid + "-"))
                    .toList();
        }
    }

    /** Starts a server and, when its input ends, ends as a killed JVM does, without its shutdown hooks. */
    static final class DiesWithAServer {

        private DiesWithAServer() {}

        public static void main(String[] arguments) throws IOException {
            System.setProperty("dbop.test.docker", "false");
            long pid =
                    TestServers.start(Database.MARIADB).handle().orElseThrow().pid();
            System.out.println("server " + pid);
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
            Runtime.getRuntime().halt(1);
        }
    }
}
