package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server of one's own: started with options, killed, started again. */
abstract class TestServerContract {

    @Test
    void takesOptionsAndKeepsItsDataOverACrashAndAStop() throws SQLException {
        try (TestServer server = TestServers.start(database(), option());
                TestDatabase database = server.createDatabase(ClientDriver.OWN)) {
            assertThat(database.query("select " + valueOfOption()).get(0)).isEqualTo("7");
            database.execute(
                    "create table account (id int primary key, balance int)", "insert into account values (1, 100)");
            try (TestSession session = TestSession.open(database)) {
                session.run(ServerDatabaseContract.prepare(database, "over-the-crash"));
            }
            List<String> prepared = database.preparedTransactions();
            assertThat(prepared).hasSize(1);

            server.kill();
            assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
            assertThatThrownBy(database::sessions).hasMessageContaining("ended by the test?");
            server.restart();
            assertThat(database.preparedTransactions()).isEqualTo(prepared);
            database.rollbackPrepared(prepared.get(0));

            server.stop();
            server.restart();
            assertThat(database.number("select balance from account")).isEqualTo(100);
        }
    }

    @Test
    void endsWithItsProcessAndItsFolder() {
        TestServer server = TestServers.start(database());
        ProcessHandle process = server.handle().orElseThrow();
        assertThat(process.isAlive()).isTrue();

        server.close();

        assertThat(process.isAlive()).isFalse();
        assertThatThrownBy(() -> connect(server)).isInstanceOf(SQLException.class);
    }

    private static void connect(TestServer server) throws SQLException {
        String url = ClientDriver.OWN.url(server.database(), server.host(), server.port(), "x", server.admin());
        try (Connection connection = java.sql.DriverManager.getConnection(url)) {
            connection.isValid(1);
        }
    }

    abstract Database database();

    abstract String option();

    abstract String valueOfOption();
}
