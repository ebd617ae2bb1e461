package dev.dbop.jdbc.connect;

import static dev.dbop.connect.TargetSession.ANY;
import static dev.dbop.connect.TargetSession.PREFER_STANDBY;
import static dev.dbop.connect.TargetSession.PRIMARY;
import static dev.dbop.connect.TargetSession.READ_ONLY;
import static dev.dbop.connect.TargetSession.READ_WRITE;
import static dev.dbop.connect.TargetSession.STANDBY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.Credentials;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of the hosts is taken, with a primary and its streaming standby behind them. */
@Timeout(120)
class ConnectionFactoryTest {
    /** The second pass is for a good host that was late itself. */
    private static final WalkLimits SHORT = new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(30), 2);

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
        try (Connection connection = db.admin()) {
            Cluster.execute(
                    connection,
                    "CREATE ROLE plain LOGIN PASSWORD 'plain-secret'",
                    "CREATE ROLE crowded LOGIN PASSWORD 'crowded-secret' CONNECTION LIMIT 0",
                    "CREATE ROLE reader LOGIN PASSWORD 'reader-secret'",
                    "ALTER ROLE reader SET default_transaction_read_only = on");
        }
        standby = primary.startStandby();
    }

    @AfterAll
    static void closeServers() {
        standby.close();
        primary.close();
    }

    private static Dsn dsn(HostAddress... hosts) {
        return Cluster.dsn("postgresql", db.login(), db.name(), "", hosts);
    }

    private static Dsn dsn(String user, HostAddress... hosts) {
        return Cluster.dsn("postgresql", new Credentials(user, user + "-secret"), db.name(), "", hosts);
    }

    private static HostAddress host(String name) {
        return switch (name) {
            case "primary" -> Cluster.address(primary);
            case "standby" -> Cluster.address(standby);
            default -> Cluster.refusing();
        };
    }

    private static String roleOf(Connection connection) throws SQLException {
        return Cluster.ask(connection, "SELECT pg_is_in_recovery()").equals("t") ? "standby" : "primary";
    }

    private static String found(ConnectionFactory factory) throws SQLException {
        try (Connection connection = factory.getConnection()) {
            return roleOf(connection);
        }
    }

    private static SQLException failure(ConnectionFactory factory) {
        return catchThrowableOfType(SQLException.class, factory::getConnection);
    }

    @ParameterizedTest
    @CsvSource({
        "ANY, primary, primary",
        "ANY, standby, standby",
        "ANY, dead primary standby, primary",
        "ANY, standby primary, standby",
        "READ_WRITE, primary, primary",
        "READ_WRITE, standby primary, primary",
        "READ_WRITE, dead standby primary, primary",
        "READ_ONLY, standby, standby",
        "READ_ONLY, primary dead standby, standby",
        "PRIMARY, primary, primary",
        "PRIMARY, standby primary, primary",
        "STANDBY, standby, standby",
        "STANDBY, primary standby, standby",
        "PREFER_STANDBY, primary, primary",
        "PREFER_STANDBY, standby, standby",
        "PREFER_STANDBY, primary standby, standby",
        "PREFER_STANDBY, primary dead, primary",
        "PREFER_STANDBY, dead primary, primary"
    })
    void theFirstHostThatFitsTheTargetIsTaken(TargetSession target, String hosts, String expected) throws SQLException {
        HostAddress[] addresses =
                Arrays.stream(hosts.split(" ")).map(ConnectionFactoryTest::host).toArray(HostAddress[]::new);

        assertThat(found(Cluster.factory(dsn(addresses), target))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"READ_WRITE, standby", "PRIMARY, standby", "READ_ONLY, primary", "STANDBY, primary"})
    void aHostOfAnotherRoleIsNamedWithIt(TargetSession target, String role) {
        HostAddress dead = Cluster.refusing();
        HostAddress other = host(role);

        SQLException failure = failure(Cluster.factory(dsn(other, dead), target));

        assertThat((Throwable) failure)
                .hasMessageStartingWith("no session with target_session_attrs=" + target.text()
                        + " on any of 2 host(s): " + other + ": is a " + role + "; " + dead + ": ")
                .hasMessageContaining("refused")
                .hasMessageNotContaining(db.login().password());
        assertThat(failure.getMessage()).doesNotContain("\n");
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(SQLException.class);
    }

    @ParameterizedTest
    @EnumSource(TargetSession.class)
    void withNobodyThereEveryHostIsNamedAndAnotherTryIsWorthwhile(TargetSession target) {
        HostAddress one = Cluster.refusing();
        HostAddress other = Cluster.refusing();
        ConnectionFactory factory = Cluster.factory(
                dsn(one, other), target, new WalkLimits(Duration.ofSeconds(5), Duration.ofSeconds(15), 3));

        SQLException failure = failure(factory);

        assertThat((Throwable) failure).hasMessageContaining(one + ": ").hasMessageContaining(other + ": ");
        assertThat(failure.getSQLState()).isEqualTo("08001");
        assertThat(failure.getSuppressed()).hasSize(2);
        for (Database database : List.of(Database.POSTGRESQL, Database.MYSQL, Database.MARIADB)) {
            assertThat(JdbcClassifier.of(database).classify(failure, Phase.OPEN))
                    .isEqualTo(Verdict.RETRY_CONNECTION);
        }
        assertThat(JdbcClassifier.standard().classify(failure, Phase.OPEN)).isEqualTo(Verdict.RETRY_CONNECTION);
    }

    @Test
    void aPrimaryWhoseSessionsAreReadOnlyIsNoneToWriteOn() throws SQLException {
        assertThat((Throwable) failure(Cluster.factory(dsn("reader", host("primary")), READ_WRITE)))
                .hasMessageContaining("is a read-only primary");
        assertThat(found(Cluster.factory(dsn("reader", host("primary")), PRIMARY)))
                .isEqualTo("primary");
        assertThat(found(Cluster.factory(dsn("reader", host("primary")), READ_ONLY)))
                .isEqualTo("primary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?sslmode=disable"})
    void aHostThatAcceptsAndStaysMuteIsLeftInTimeAndNothingOfItStays(String parameters) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (MuteServer mute = new MuteServer()) {
            ConnectionFactory factory = Cluster.factory(
                    Cluster.dsn("postgresql", db.login(), db.name(), parameters, mute.address(), host("primary")),
                    READ_WRITE,
                    SHORT);
            long begun = System.nanoTime();

            assertThat(found(factory)).isEqualTo("primary");

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(20));
            assertThat(mute.connections()).isPositive();
            assertNothingIsLeft(mute, before);

            int connections = mute.connections();
            assertThat(found(factory)).isEqualTo("primary");
            assertThat(mute.connections())
                    .as("the mute host is put behind for a while")
                    .isEqualTo(connections);
        }
    }

    private static void assertNothingIsLeft(MuteServer mute, Set<Thread> before) {
        await().atMost(Duration.ofSeconds(20)).until(mute::isAlone);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread ->
                                !before.contains(thread) && !thread.getName().equals("mute-server"))
                        .noneMatch(thread -> thread.getName().contains("PostgreSQL")));
    }

    @Test
    void aServerThatGoesMuteBeforeItHasToldItsRoleIsLeftInTime() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            proxy.holdAnswer(FaultProxy.containing("pg_is_in_recovery"));
            ConnectionFactory factory =
                    Cluster.factory(dsn(new HostAddress("127.0.0.1", proxy.port()), host("primary")), PRIMARY, SHORT);

            try (Connection connection = factory.getConnection()) {
                assertThat(connection.getNetworkTimeout()).isZero();
                assertThat(Cluster.ask(connection, "SELECT inet_server_port()"))
                        .isEqualTo(Integer.toString(primary.port()));
            }
            proxy.heal();
        }
    }

    @Test
    void theWholeSearchHasALimitAndHostsNotReachedAreNamed() throws IOException {
        try (MuteServer one = new MuteServer();
                MuteServer two = new MuteServer();
                MuteServer three = new MuteServer()) {
            ConnectionFactory factory = Cluster.factory(
                    dsn(one.address(), two.address(), three.address()),
                    READ_WRITE,
                    new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(3), 5));
            long begun = System.nanoTime();

            SQLException failure = failure(factory);

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(2500), Duration.ofSeconds(10));
            assertThat((Throwable) failure)
                    .hasMessageContaining("of PT3S allowed")
                    .hasMessageContaining(one.address() + ": The connection attempt failed. (Read timed out)")
                    .hasMessageContaining(three.address() + ": not tried");
        }
    }

    @Test
    void aWrongPasswordIsNotMaskedByTryingOn() {
        HostAddress dead = Cluster.refusing();
        Dsn wrong = dsn("plain", dead, host("primary"), host("standby")).withPassword("not-it");

        SQLException failure = failure(Cluster.factory(wrong, ANY));

        assertThat(failure.getSQLState()).isEqualTo("28P01");
        assertThat((Throwable) failure)
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("not-it");
        assertThat(failure.getSuppressed()).singleElement().asString().contains("refused");
        assertThat(JdbcClassifier.standard().classify(failure, Phase.OPEN)).isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void nothingIsRememberedOfAWrongPassword() throws SQLException {
        Dsn right = dsn("plain", host("primary"), host("standby"));
        ConnectionFactory wrong = Cluster.factory(right.withPassword("not-it"), PRIMARY);

        assertThat(failure(wrong).getSQLState()).isEqualTo("28P01");

        assertThat(found(Cluster.factory(right, PRIMARY))).isEqualTo("primary");
        try (Connection connection = wrong.getConnection("plain", "plain-secret")) {
            assertThat(roleOf(connection)).isEqualTo("primary");
        }
    }

    @Test
    void aMissingDatabaseIsNotMaskedByTryingOn() {
        Dsn missing = dsn(host("standby"), host("primary")).withDatabase("there_is_none");

        SQLException failure = failure(Cluster.factory(missing, READ_WRITE));

        assertThat(failure.getSQLState()).isEqualTo("3D000");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void aServerWithoutAFreePlaceIsPassedOver() throws SQLException {
        SQLException failure = failure(Cluster.factory(dsn("crowded", host("standby"), host("primary")), PRIMARY));

        assertThat(failure.getSQLState()).isEqualTo("08001");
        assertThat((Throwable) failure)
                .hasMessageContaining(host("standby") + ": FATAL: too many connections")
                .hasMessageContaining(host("primary") + ": FATAL: too many connections");
    }

    @Test
    void theConnectionComesAsTheDriverMakesIt() throws SQLException {
        ConnectionFactory factory = Cluster.factory(dsn(host("standby"), host("primary")), READ_WRITE);

        try (Connection connection = factory.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getNetworkTimeout()).isZero();
            assertThat(connection.isReadOnly()).isFalse();
            String pid = Cluster.ask(connection, "SELECT pg_backend_pid()");
            assertThat(db.query("SELECT state FROM pg_stat_activity WHERE pid = " + pid))
                    .containsExactly("idle");
            assertThat((Throwable) connection.getWarnings()).isNull();
        }
    }

    @Test
    void anotherLoginMayBeUsed() throws SQLException {
        ConnectionFactory factory = Cluster.factory(dsn(host("standby"), host("primary")), READ_WRITE);

        try (Connection connection = factory.getConnection("plain", "plain-secret")) {
            assertThat(Cluster.ask(connection, "SELECT current_user")).isEqualTo("plain");
        }
    }

    @Test
    void connectionsOfNoUseAreClosed() throws SQLException {
        ConnectionFactory factory = Cluster.factory(dsn("plain", host("primary"), host("standby")), PREFER_STANDBY);
        for (int i = 0; i < 3; i++) {
            assertThat(found(factory)).isEqualTo("standby");
        }
        assertThat(failure(Cluster.factory(dsn("plain", host("primary")), STANDBY))
                        .getSuppressed())
                .isEmpty();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(db.query("SELECT pid FROM pg_stat_activity WHERE usename = 'plain'"))
                        .isEmpty());
    }

    @Test
    void whereAnyWillDoNobodyIsAskedForItsRole() throws SQLException {
        assertThat(roundTripsOfAConnect(PRIMARY)).isEqualTo(roundTripsOfAConnect(ANY) + 1);
    }

    /** Read while the connection is open: its farewell would count when it arrives, sooner or later. */
    private int roundTripsOfAConnect(TargetSession role) throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db);
                Connection connection = Cluster.factory(dsn(new HostAddress("127.0.0.1", proxy.port())), role)
                        .getConnection()) {
            assertThat(connection.isClosed()).isFalse();
            return proxy.roundTrips();
        }
    }

    @Test
    void anInterruptedThreadStopsAfterTheHostUnderWayAndStaysInterrupted() throws SQLException {
        ConnectionFactory factory = Cluster.factory(dsn(Cluster.refusing(), host("primary")), ANY);
        Thread.currentThread().interrupt();

        assertThatThrownBy(factory::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("interrupted")
                .hasMessageContaining("not tried");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aPoolMayShortenTheSearch() throws Exception {
        try (MuteServer one = new MuteServer()) {
            ConnectionFactory factory = Cluster.factory(dsn(one.address()), ANY, Cluster.QUICK);
            factory.setLoginTimeout(1);
            long begun = System.nanoTime();

            assertThat((Throwable) failure(factory)).hasMessageContaining("Read timed out");

            assertThat(factory.getLoginTimeout()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void manyThreadsMaySearchAtOnce() throws Exception {
        ConnectionFactory factory =
                Cluster.factory(dsn(Cluster.refusing(), host("standby"), host("primary")), READ_WRITE);
        List<Thread> threads = new ArrayList<>();
        List<String> found = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    found.add(found(factory));
                } catch (SQLException e) {
                    found.add(e.getMessage());
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(found).hasSize(8).containsOnly("primary");
    }
}
