package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.Credentials;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Two servers of MySQL's family, of which one is read-only as a replica is. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConnectionFactoryReadOnlyServers {
    /** The second pass is for a good host that was late itself. */
    private static final WalkLimits SHORT = new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(20), 2);

    private final Database database;
    private final JdbcDriver driver;
    private TestServer one;
    private TestServer other;
    private String name;
    private Credentials plain;

    ConnectionFactoryReadOnlyServers(Database database, JdbcDriver driver) {
        this.database = database;
        this.driver = driver;
    }

    /** The same database and user on both. */
    @BeforeAll
    void startServers() throws SQLException {
        one = TestServers.start(database);
        other = TestServers.start(database);
        TestDatabase db = one.createDatabase(ClientDriver.OWN);
        name = db.name();
        plain = new Credentials("plain", "plain-secret");
        on(other, "CREATE DATABASE " + name);
        for (TestServer server : List.of(one, other)) {
            on(
                    server,
                    "CREATE USER 'plain'@'%' IDENTIFIED BY 'plain-secret'",
                    "CREATE USER 'elsewhere'@'%' IDENTIFIED BY 'elsewhere-secret'",
                    "GRANT ALL ON " + name + ".* TO 'plain'@'%'",
                    "CREATE TABLE " + name + ".written (n INT)");
        }
    }

    @AfterAll
    void closeServers() {
        Stream.of(one, other).filter(Objects::nonNull).forEach(TestServer::close);
    }

    @BeforeEach
    void oneIsThePrimary() throws SQLException {
        setReadOnly(one, "OFF");
        setReadOnly(other, "ON");
    }

    private static void setReadOnly(TestServer server, String value) throws SQLException {
        on(server, "SET GLOBAL read_only = " + value);
    }

    private static void on(TestServer server, String... statements) throws SQLException {
        try (Connection connection = admin(server)) {
            Cluster.execute(connection, statements);
        }
    }

    private static Connection admin(TestServer server) throws SQLException {
        String scheme = server.database() == Database.MYSQL ? "mysql" : "mariadb";
        return DriverManager.getConnection("jdbc:" + scheme + "://" + server.host() + ":" + server.port()
                + "/?user=" + server.admin().user() + "&password="
                + server.admin().password()
                + "&allowPublicKeyRetrieval=true");
    }

    private Dsn dsn(HostAddress... hosts) {
        return dsn(plain, hosts);
    }

    private Dsn dsn(Credentials login, HostAddress... hosts) {
        return Cluster.dsn(database.name().toLowerCase(Locale.ROOT), login, name, "", hosts)
                .withParameter("allowPublicKeyRetrieval", "true");
    }

    private ConnectionFactory factory(Dsn dsn, TargetSession target, WalkLimits limits) {
        return ConnectionFactory.builder(dsn.withTarget(target))
                .driver(driver)
                .limits(limits)
                .randomSource(Cluster.UNSHUFFLED)
                .build();
    }

    private ConnectionFactory factory(TargetSession target, TestServer... servers) {
        HostAddress[] hosts = new HostAddress[servers.length];
        for (int i = 0; i < hosts.length; i++) {
            hosts[i] = Cluster.address(servers[i]);
        }
        return factory(dsn(hosts), target, Cluster.QUICK);
    }

    private static String portOf(Connection connection) throws SQLException {
        return Cluster.ask(connection, "SELECT CONCAT(@@port)");
    }

    private static String found(ConnectionFactory factory) throws SQLException {
        try (Connection connection = factory.getConnection()) {
            return portOf(connection);
        }
    }

    private static String port(TestServer server) {
        return Integer.toString(server.port());
    }

    @Test
    void theServerThatMayBeWrittenOnIsThePrimary() throws SQLException {
        assertThat(found(factory(TargetSession.READ_WRITE, other, one))).isEqualTo(port(one));
        assertThat(found(factory(TargetSession.PRIMARY, other, one))).isEqualTo(port(one));
        assertThat(found(factory(TargetSession.READ_ONLY, one, other))).isEqualTo(port(other));
        assertThat(found(factory(TargetSession.STANDBY, one, other))).isEqualTo(port(other));
        assertThat(found(factory(TargetSession.PREFER_STANDBY, one, other))).isEqualTo(port(other));
        assertThat(found(factory(TargetSession.PREFER_STANDBY, one))).isEqualTo(port(one));
        assertThat(found(factory(TargetSession.ANY, other, one))).isEqualTo(port(other));
    }

    @Test
    void withoutOneEveryHostIsNamed() throws SQLException {
        setReadOnly(one, "ON");
        HostAddress dead = Cluster.refusing();

        SQLException failure =
                failure(factory(dsn(Cluster.address(one), dead), TargetSession.READ_WRITE, Cluster.QUICK));

        assertThat((Throwable) failure)
                .hasMessageContaining(Cluster.address(one) + ": is a standby")
                .hasMessageContaining(dead + ": ")
                .hasMessageContaining("refused")
                .hasMessageNotContaining("plain-secret");
        assertThat(failure.getMessage()).doesNotContain("\n");
        assertThat(failure.getSQLState()).isEqualTo("08001");
        assertThat(JdbcClassifier.of(database).classify(failure, Phase.OPEN)).isEqualTo(Verdict.RETRY_CONNECTION);
    }

    private static SQLException failure(ConnectionFactory factory) {
        return catchThrowableOfType(SQLException.class, factory::getConnection);
    }

    @Test
    void aMuteHostIsLeftInTimeAndNothingOfItStays() throws Exception {
        try (MuteServer mute = new MuteServer()) {
            ConnectionFactory factory =
                    factory(dsn(mute.address(), Cluster.address(one)), TargetSession.READ_WRITE, SHORT);
            long begun = System.nanoTime();

            assertThat(found(factory)).isEqualTo(port(one));

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(8));
            await().atMost(Duration.ofSeconds(10)).until(mute::isAlone);
        }
    }

    @Test
    void aRefusedLoginIsNotMaskedByTryingOn() {
        HostAddress dead = Cluster.refusing();
        HostAddress there = Cluster.address(one);

        SQLException wrong =
                failure(factory(dsn(dead, there).withPassword("not-it"), TargetSession.READ_WRITE, Cluster.QUICK));
        SQLException missing = failure(factory(
                dsn(one.admin(), there, dead).withDatabase("there_is_none"), TargetSession.READ_WRITE, Cluster.QUICK));
        SQLException denied = failure(factory(
                dsn(new Credentials("elsewhere", "elsewhere-secret"), there, dead),
                TargetSession.READ_WRITE,
                Cluster.QUICK));

        assertThat(wrong.getErrorCode()).isEqualTo(1045);
        assertThat((Throwable) wrong).hasMessageNotContaining("not-it");
        assertThat(wrong.getSuppressed()).hasSize(1);
        assertThat(missing.getErrorCode()).isEqualTo(1049);
        assertThat(missing.getSuppressed()).isEmpty();
        assertThat(denied.getErrorCode()).isEqualTo(1044);
    }

    @Test
    void theConnectionComesAsTheConnectionStringAsksForIt() throws SQLException {
        try (Connection connection =
                factory(TargetSession.READ_WRITE, other, one).getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.isReadOnly()).isFalse();
        }
        Dsn patient = dsn(Cluster.address(one)).withParameter("socketTimeout", "12345");
        try (Connection connection =
                factory(patient, TargetSession.PRIMARY, Cluster.QUICK).getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(12345);
        }
    }

    @Test
    void aPooledConnectionToADemotedPrimaryIsRecognisedAndItsWorkDoneOnTheNewOne() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(factory(TargetSession.READ_WRITE, one, other));
        config.setMaximumPoolSize(2);
        DbopRunner runner = DbopRunner.create().named("write").listeners();
        try (HikariDataSource pool = new HikariDataSource(config)) {
            String before = runner.call(JdbcScope.transaction(pool), ConnectionFactoryReadOnlyServers::write);
            setReadOnly(one, "ON");
            setReadOnly(other, "OFF");

            String after = runner.call(JdbcScope.transaction(pool), ConnectionFactoryReadOnlyServers::write);

            assertThat(before).isEqualTo(port(one));
            assertThat(after).isEqualTo(port(other));
        }
    }

    private static String write(Connection connection) throws SQLException {
        Cluster.execute(connection, "INSERT INTO written VALUES (1)");
        return portOf(connection);
    }
}
