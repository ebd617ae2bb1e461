package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A MariaDB or MySQL server started from unpacked files, bound to the loopback address. */
final class NativeServer implements ServerProcess {

    private static final int FIRST_PORT = 15_000;
    private static final int LAST_PORT = 32_000;
    private static final int PORT_TRIES = 50;
    private static final String LAST_GIVEN = "last-port";

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Credentials ADMIN = new Credentials("dbop", "dbop-secret");

    private final NativeDistribution files;
    private final List<String> options;
    private final RunFolder run;
    private final Path log;
    private final int port;
    private @Nullable Process process;

    private NativeServer(NativeDistribution files, List<String> options) {
        this.files = files;
        this.options = options;
        this.run = RunFolder.create(files.database().name().toLowerCase(Locale.ROOT));
        this.port = freePort();
        this.log = logFile(run);
    }

    static NativeServer start(Database database, List<String> options) {
        NativeDistribution files = NativeDistribution.of(database);
        Path data = files.initialisedData();
        NativeServer server = new NativeServer(files, options);
        try {
            CacheFolder.copy(data, server.run.path().resolve("data"));
            Files.writeString(server.run.path().resolve("users.sql"), userStatements());
            server.launch();
            return server;
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException("data of " + database + " could not be set up", e);
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    /** A log survives its server, where the build keeps what it made. */
    static Path logFile(RunFolder run) {
        try {
            return Files.createDirectories(Settings.logFolder())
                    .resolve(run.path().getFileName() + ".log");
        } catch (IOException e) {
            throw new UncheckedIOException("folder for server logs " + Settings.logFolder() + " cannot be made", e);
        }
    }

    /**
     * Below those that systems give to clients: one of these may take it before the server does, or while it restarts. In
     * turn for all JVMs of the user, since a server listens long after its port was chosen, and not while it restarts.
     */
    static int freePort() {
        return CacheFolder.exclusively(root -> {
            Path note = root.resolve(LAST_GIVEN);
            int port = lastGiven(note);
            for (int tries = 0; tries < PORT_TRIES; tries++) {
                port = port >= LAST_PORT ? FIRST_PORT : port + 1;
                if (isFree(port)) {
                    Files.writeString(note, Integer.toString(port));
                    return port;
                }
            }
            Files.writeString(note, Integer.toString(port));
            throw new IOException("no free port from " + FIRST_PORT + " to " + LAST_PORT + " on the loopback address");
        });
    }

    private static int lastGiven(Path note) throws IOException {
        String given = Files.exists(note) ? Files.readString(note) : "";
        return given.matches("[0-9]{5}")
                ? Integer.parseInt(given)
                : ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
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
        return "";
    }

    @Override
    public Optional<ProcessHandle> handle() {
        return Optional.ofNullable(process).map(Process::toHandle);
    }

    @Override
    public void kill() {
        handle().ifPresent(RunFolder::killTree);
    }

    @Override
    public void stop() {
        Process ending = Objects.requireNonNull(process, "the server was never started");
        ending.destroy();
        try {
            if (!ending.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        files.database() + " did not stop within " + STOP_LIMIT + ": see its log " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void restart() {
        kill();
        launch();
    }

    @Override
    public void close() {
        kill();
        run.close();
    }

    private void launch() {
        try {
            Files.deleteIfExists(pidFile());
            Process started = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            run.belongsTo(started.toHandle());
            Poll.until(
                    START_LIMIT,
                    () -> !started.isAlive() || accepts(),
                    () -> files.database() + " did not start (see its log " + log + ")");
            if (!started.isAlive()) {
                throw new IllegalStateException(files.database() + " ended while it started: see its log " + log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(files.database() + " could not be started", e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(files.serverCommand(run.path().resolve("data")));
        command.addAll(List.of(
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                // relative to the data folder: a socket's whole path may have only about 100 characters
                "--socket=server.sock",
                "--pid-file=" + pidFile(),
                "--init-file=" + run.path().resolve("users.sql"),
                "--max-connections=300",
                "--innodb-buffer-pool-size=64M",
                // written at each commit, flushed each second: survives the death of the server, not of the machine
                "--innodb-flush-log-at-trx-commit=2"));
        options.forEach(option -> command.add("--" + option));
        return command;
    }

    private Path pidFile() {
        return run.path().resolve("pid");
    }

    /**
     * The init file runs before the first connection is accepted. The pid file is written only by a server that got the
     * port: another one might answer on it.
     */
    private boolean accepts() {
        if (!Files.exists(pidFile())) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host(), port), 1000);
            socket.setSoTimeout(5000);
            return socket.getInputStream().read() >= 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String userStatements() {
        return "CREATE USER IF NOT EXISTS 'dbop'@'%' IDENTIFIED BY '" + ADMIN.password() + "';\n"
                + "GRANT ALL PRIVILEGES ON *.* TO 'dbop'@'%' WITH GRANT OPTION;\n";
    }
}
