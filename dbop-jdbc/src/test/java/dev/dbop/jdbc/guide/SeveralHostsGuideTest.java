package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.connect.ConnectionFactory;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of the guide on several hosts, run on a primary and its standby. */
@Timeout(120)
class SeveralHostsGuideTest {
    private static TestServer primary;
    private static TestServer standby;
    private static TestDatabase db;

    private final DbopRunner runner = DbopRunner.create().named("count").listeners();

    @BeforeAll
    static void startServers() throws SQLException {
        primary = TestServers.start(Database.POSTGRESQL);
        db = primary.createDatabase(ClientDriver.OWN);
        standby = primary.startStandby();
    }

    @AfterAll
    static void closeServers() {
        standby.close();
        primary.close();
    }

    /** The guide's names are not those of the test's servers. */
    private static String uri(String target) {
        return "postgresql://" + db.login().user() + ":" + db.login().password() + "@" + standby.host() + ":"
                + standby.port() + "," + primary.host() + ":" + primary.port() + "/" + db.name()
                + "?target_session_attrs=" + target;
    }

    private static String portOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT inet_server_port()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void aPoolOnThePrimary() throws SQLException {
        String uri = uri("read-write");
        // snippet: pool
        // postgresql://app:secret@db1,db2,db3/shop?target_session_attrs=read-write
        HikariConfig config = new HikariConfig();
        config.setDataSource(ConnectionFactory.of(uri));
        HikariDataSource pool = new HikariDataSource(config);

        String port = runner.call(JdbcScope.transaction(pool), connection -> portOf(connection));
        // end snippet
        pool.close();
        assertThat(port).isEqualTo(Integer.toString(primary.port()));
    }

    @Test
    void readsOnAStandby() throws SQLException {
        Dsn dsn = Dsn.parse(uri("read-write"));
        // snippet: reads
        ConnectionFactory writes = ConnectionFactory.of(dsn);
        ConnectionFactory reads = ConnectionFactory.of(dsn.withTarget(TargetSession.PREFER_STANDBY));
        // end snippet
        List<String> ports;
        try (Connection one = writes.getConnection();
                Connection other = reads.getConnection()) {
            ports = List.of(portOf(one), portOf(other));
        }
        assertThat(ports).containsExactly(Integer.toString(primary.port()), Integer.toString(standby.port()));
    }

    @Test
    void limits() throws SQLException {
        Dsn dsn = Dsn.parse(uri("primary"));
        // snippet: limits
        ConnectionFactory factory = ConnectionFactory.builder(dsn)
                .limits(new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(10), 2)) // a host, all of them, passes
                .build();
        // end snippet
        try (Connection connection = factory.getConnection()) {
            assertThat(portOf(connection)).isEqualTo(Integer.toString(primary.port()));
        }
    }
}
