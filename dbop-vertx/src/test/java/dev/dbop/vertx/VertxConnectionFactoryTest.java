package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.RandomSource;
import dev.dbop.Verdict;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which host a pool is led to, with a primary and its streaming standby behind it. */
@Timeout(120)
class VertxConnectionFactoryTest {
    /** Keeps the hosts in the order they are given in. */
    private static final RandomSource UNSHUFFLED = () -> Math.nextDown(1.0);

    private static final WalkLimits PATIENT = new WalkLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 2);

    private static final List<FaultProxy> REFUSING = new CopyOnWriteArrayList<>();

    private static TestServer primary;
    private static TestServer standby;
    private static TestDatabase db;

    /** The servers let anybody in unless told otherwise. */
    @BeforeAll
    static void startServers(@TempDir Path folder) throws SQLException, IOException {
        Path hba = Files.writeString(folder.resolve("pg_hba.conf"), """
                host all plain 127.0.0.1/32 scram-sha-256
                host all all 127.0.0.1/32 trust
                host replication all 127.0.0.1/32 trust
                """);
        primary = TestServers.start(Database.POSTGRESQL, "hba_file=" + hba);
        db = primary.createDatabase(ClientDriver.OWN);
        db.execute("CREATE ROLE plain LOGIN PASSWORD 'plain-secret'", "CREATE TABLE written (n INT)");
        db.execute("GRANT ALL ON written TO plain");
        standby = primary.startStandby();
    }

    @AfterAll
    static void closeServers() {
        standby.close();
        primary.close();
    }

    private static HostAddress address(TestServer server) {
        return new HostAddress(server.host(), server.port());
    }

    /** A port nobody listens on, nor will. */
    private static HostAddress refusing() {
        FaultProxy nobody = FaultProxy.to("127.0.0.1", 1);
        nobody.refuseNewConnections();
        REFUSING.add(nobody);
        return new HostAddress("127.0.0.1", nobody.port());
    }

    private static HostAddress host(String name) {
        return switch (name) {
            case "primary" -> address(primary);
            case "standby" -> address(standby);
            default -> refusing();
        };
    }

    private static Dsn dsn(HostAddress... hosts) {
        String authority = Arrays.stream(hosts).map(HostAddress::toString).collect(Collectors.joining(","));
        return Dsn.parse("postgresql://plain:plain-secret@" + authority + "/" + db.name());
    }

    private static VertxConnectionFactory factory(Dsn dsn, TargetSession target, WalkLimits limits) {
        return VertxConnectionFactory.builder(Clients.VERTX, dsn.withTarget(target))
                .limits(limits)
                .randomSource(UNSHUFFLED)
                .build();
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private static Throwable failure(VertxConnectionFactory factory) {
        return catchThrowable(() -> await(factory.get()));
    }

    @ParameterizedTest
    @CsvSource({
        "ANY, dead standby primary, standby",
        "READ_WRITE, standby dead primary, primary",
        "PRIMARY, standby primary, primary",
        "READ_ONLY, primary standby, standby",
        "STANDBY, primary standby, standby",
        "PREFER_STANDBY, primary standby, standby",
        "PREFER_STANDBY, primary dead, primary"
    })
    void theFirstHostThatFitsTheTargetIsTaken(TargetSession target, String hosts, String expected) throws Exception {
        String[] names = hosts.split(" ", -1);
        HostAddress[] addresses = new HostAddress[names.length];
        for (int i = 0; i < names.length; i++) {
            addresses[i] = host(names[i]);
        }

        SqlConnectOptions found = await(factory(dsn(addresses), target, PATIENT).get());

        assertThat(found.getPort()).isEqualTo(host(expected).port());
        assertThat(found.getUser()).isEqualTo("plain");
        assertThat(found.getDatabase()).isEqualTo(db.name());
    }

    @Test
    void withoutOneEveryHostIsNamedAndAnotherTryIsWorthwhile() throws Exception {
        HostAddress dead = refusing();

        Throwable failure = failure(factory(dsn(dead, address(standby)), TargetSession.READ_WRITE, PATIENT));

        assertThat(failure)
                .isInstanceOf(ConnectException.class)
                .hasMessageStartingWith("no session with target_session_attrs=read-write on any of 2 host(s): " + dead)
                .hasMessageContaining("refused")
                .hasMessageContaining(address(standby) + ": is a standby")
                .hasMessageNotContaining("plain-secret");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(VertxClassifier.standard().classify(failure, Phase.OPEN)).isEqualTo(Verdict.RETRY_CONNECTION);
    }

    @Test
    void aRefusedLoginIsNotMaskedByTryingOn() throws Exception {
        HostAddress dead = refusing();
        Dsn right = dsn(dead, address(primary));

        Throwable wrong = failure(factory(right.withPassword("not-it"), TargetSession.ANY, PATIENT));
        Throwable missing = failure(factory(right.withDatabase("there_is_none"), TargetSession.ANY, PATIENT));

        assertThat(wrong).isInstanceOf(PgException.class).hasMessageContaining("28P01");
        assertThat(missing).isInstanceOf(PgException.class).hasMessageContaining("3D000");
        assertThat(VertxClassifier.standard().classify(wrong, Phase.OPEN)).isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void aMuteHostIsLeftInTimeAndItsSocketClosed() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            HostAddress silent = new HostAddress("127.0.0.1", mute.getLocalPort());
            // a second pass, should the other host too be late for once
            WalkLimits limits = new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(30), 2);
            VertxConnectionFactory factory = factory(dsn(silent, address(primary)), TargetSession.READ_WRITE, limits);
            long begun = System.nanoTime();

            assertThat(await(factory.get()).getPort()).isEqualTo(primary.port());

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(20));
            try (Socket accepted = mute.accept()) {
                assertEnded(accepted);
            }
        }
    }

    private static void assertEnded(Socket accepted) throws IOException {
        accepted.setSoTimeout(10_000);
        int read = 0;
        try {
            while (read >= 0) {
                read = accepted.getInputStream().read(new byte[4096]);
            }
        } catch (SocketTimeoutException open) {
            throw new AssertionError("the client has not closed its socket", open);
        } catch (IOException reset) {
            return;
        }
        assertThat(read).isNegative();
    }

    @Test
    void theWholeSearchHasALimit() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            HostAddress[] hosts = {
                new HostAddress("127.0.0.1", mute.getLocalPort()), new HostAddress("127.0.0.1", other.getLocalPort())
            };
            WalkLimits limits = new WalkLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 5);

            assertThat(failure(factory(dsn(hosts), TargetSession.ANY, limits)))
                    .hasMessageContaining("of PT1S allowed")
                    .hasMessageContaining(hosts[0] + ": no answer within")
                    .hasMessageContaining(hosts[1] + ": not tried");
        }
    }

    @Test
    void callsThatComeInMeanwhileShareASearch() throws Exception {
        VertxConnectionFactory factory =
                factory(dsn(address(standby), address(primary)), TargetSession.READ_WRITE, PATIENT);
        long before = db.number("SELECT sessions FROM pg_stat_database WHERE datname = '" + db.name() + "'");

        List<Future<SqlConnectOptions>> found =
                IntStream.range(0, 20).mapToObj(n -> factory.get()).toList();

        assertThat(await(Future.all(found)).<SqlConnectOptions>list())
                .extracting(SqlConnectOptions::getPort)
                .containsOnly(primary.port());
        assertThat(db.number("SELECT sessions FROM pg_stat_database WHERE datname = '" + db.name() + "'") - before)
                .isLessThan(10);
    }

    @Test
    void aPoolFollowsThePrimaryAfterAPromotion() throws Exception {
        try (TestServer old = TestServers.start(Database.POSTGRESQL)) {
            TestDatabase shop = old.createDatabase(ClientDriver.OWN);
            shop.execute("CREATE TABLE written (n INT)");
            try (TestServer next = old.startStandby()) {
                Dsn dsn = Dsn.parse("postgresql://" + shop.login().user() + ":"
                        + shop.login().password() + "@"
                        + address(old) + "," + address(next) + "/" + shop.name()
                        + "?target_session_attrs=read-write");
                Vertx vertx = Clients.VERTX;
                // snippet: pool
                Pool pool = PgBuilder.pool()
                        .using(vertx)
                        .with(new PoolOptions().setMaxSize(10))
                        .connectingTo(VertxConnectionFactory.of(vertx, dsn))
                        .build();
                // end snippet
                try {
                    assertThat(write(pool)).isEqualTo(old.port());
                    old.kill();
                    promote(shop.url(next.port()));

                    assertThat(write(pool)).isEqualTo(next.port());
                } finally {
                    await(pool.close());
                }
            }
        }
    }

    private static int write(Pool pool) throws Exception {
        VertxRunner runner =
                VertxRunner.of(Clients.VERTX, DbopRunner.create().named("write").listeners());
        return await(runner.call(
                VertxScope.transaction(pool),
                connection -> connection
                        .query("INSERT INTO written VALUES (1) RETURNING inet_server_port()")
                        .execute()
                        .map(rows -> rows.iterator().next().getInteger(0))));
    }

    private static void promote(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_promote()");
        }
    }

    @Test
    void tellsItsHostsAndTargetButNotItsLogin() {
        assertThat(factory(dsn(new HostAddress("db1", 5432)), TargetSession.PRIMARY, PATIENT))
                .hasToString("VertxConnectionFactory[primary db1:5432]");
    }
}
