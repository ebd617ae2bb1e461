package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
final class PostgreSqlServerTest extends TestServerContract {

    @Override
    Database database() {
        return Database.POSTGRESQL;
    }

    @Override
    String option() {
        return "autovacuum_max_workers=7";
    }

    @Override
    String valueOfOption() {
        return "current_setting('autovacuum_max_workers')";
    }

    /** A killed server leaves its socket files in the temporary folder for good. */
    @Test
    void listensOnTcpOnly() throws SQLException {
        try (TestServer server = TestServers.start(database());
                TestDatabase database = server.createDatabase(ClientDriver.OWN)) {
            assertThat(database.query("show unix_socket_directories")).containsExactly("");
        }
    }

    @Test
    void isFollowedByAStandbyWithItsDatabases() throws SQLException {
        try (TestServer server = TestServers.start(database());
                TestDatabase database = server.createDatabase(ClientDriver.OWN);
                TestServer standby = server.startStandby()) {
            database.execute("create table kept (id int)");
            String url = database.url(standby.port());

            Poll.<SQLException>until(
                    Duration.ofSeconds(20), () -> knows(url, "kept"), () -> "the table did not reach the standby");
            assertThat(standby.version()).isEqualTo(server.version());
        }
    }

    private static boolean knows(String url, String table) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select pg_is_in_recovery() and to_regclass('" + table + "') is not null")) {
            return rows.next() && rows.getBoolean(1);
        } catch (SQLException notYet) {
            return false;
        }
    }
}
