package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real failover: the primary dies, its standby is promoted, what was the primary comes back as a standby. */
@Timeout(180)
@Tag("one-jdk")
class ConnectionFactoryPromotionTest {
    private final List<Verdict> verdicts = new ArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .named("write")
            .policy(RetryPolicy.builder()
                    .maxRetries(100)
                    .initialDelay(Duration.ofMillis(50))
                    .maxDelay(Duration.ofMillis(500))
                    .maxDuration(Duration.ofSeconds(60))
                    .build())
            .listeners(event -> {
                if (event instanceof RunEvent.AttemptFailed failed) {
                    verdicts.add(failed.verdict());
                }
            });

    private TestServer primary;
    private TestServer standby;
    private TestDatabase db;

    @BeforeEach
    void startServers() throws SQLException {
        primary = TestServers.start(Database.POSTGRESQL);
        db = primary.createDatabase(ClientDriver.OWN);
        db.execute("CREATE TABLE written (n INT)");
        standby = primary.startStandby();
    }

    @AfterEach
    void closeServers() {
        standby.close();
        primary.close();
    }

    private Dsn dsn(HostAddress... hosts) {
        return Cluster.dsn("postgresql", db.login(), db.name(), "", hosts);
    }

    private HikariDataSource pool(ConnectionFactory factory) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(factory);
        config.setMaximumPoolSize(3);
        config.setConnectionTimeout(5000);
        return new HikariDataSource(config);
    }

    private String write(Connection connection) throws SQLException {
        Cluster.execute(connection, "INSERT INTO written VALUES (1)");
        return Cluster.ask(connection, "SELECT inet_server_port()");
    }

    private void promote() throws SQLException {
        try (Connection connection = DriverManager.getConnection(db.url(standby.port()))) {
            assertThat(Cluster.ask(connection, "SELECT pg_promote()")).isEqualTo("t");
        }
    }

    private String rowsOnStandby() throws SQLException {
        try (Connection connection = DriverManager.getConnection(db.url(standby.port()))) {
            return Cluster.ask(connection, "SELECT count(*) FROM written");
        }
    }

    private static String port(TestServer server) {
        return Integer.toString(server.port());
    }

    @Test
    void newConnectionsFindTheNewPrimaryAndThePoolGoesOn() throws Exception {
        ConnectionFactory factory = Cluster.factory(
                dsn(Cluster.address(primary), Cluster.address(standby)),
                TargetSession.READ_WRITE,
                new WalkLimits(Duration.ofSeconds(5), Duration.ofSeconds(15), 2));
        try (HikariDataSource pool = pool(factory)) {
            assertThat(runner.call(JdbcScope.transaction(pool), this::write)).isEqualTo(port(primary));
            // Replication is asynchronous: what the standby has not received yet would go down with the primary.
            await().atMost(Duration.ofSeconds(30)).until(() -> rowsOnStandby().equals("1"));
            primary.kill();
            long killed = System.nanoTime();
            Thread failover = new Thread(() -> {
                try {
                    promote();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            failover.start();

            String written = runner.call(JdbcScope.transaction(pool), this::write);

            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(30));
            failover.join();
            assertThat(written).isEqualTo(port(standby));
            try (Connection connection = factory.getConnection()) {
                assertThat(Cluster.ask(connection, "SELECT inet_server_port()")).isEqualTo(port(standby));
                assertThat(Cluster.ask(connection, "SELECT count(*) FROM written"))
                        .isEqualTo("2");
            }
        }
        // The pool may notice by itself that its connections are gone.
        assertThat(verdicts).allMatch(verdict -> verdict == Verdict.RETRY_CONNECTION);
    }

    @Test
    void aPooledConnectionToADemotedPrimaryIsRecognised() throws SQLException {
        primary.kill();
        promote();
        // What a name leads to that still belongs to the old primary, which is back as a standby of the new one.
        try (TestServer demoted = standby.startStandby();
                FaultProxy name = FaultProxy.to(demoted.host(), demoted.port());
                HikariDataSource pool =
                        pool(Cluster.factory(dsn(new HostAddress("127.0.0.1", name.port())), TargetSession.ANY))) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(pool.getHikariPoolMXBean().getIdleConnections())
                            .isEqualTo(3));
            name.moveTo(standby.host(), standby.port());

            String written = runner.call(JdbcScope.transaction(pool), this::write);

            assertThat(written).isEqualTo(port(standby));
            assertThat(verdicts).isNotEmpty().containsOnly(Verdict.RETRY_CONNECTION);
        }
    }
}
