package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.SqlConnectOptions;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two servers, of which one is read-only as a replica is. */
@Timeout(120)
class VertxConnectionFactoryOnMariaDbTest {
    private static TestServer one;
    private static TestServer other;
    private static TestDatabase db;
    private static TestDatabase readOnly;

    @BeforeAll
    static void startServers() throws SQLException {
        one = TestServers.start(Database.MARIADB);
        other = TestServers.start(Database.MARIADB);
        db = one.createDatabase(ClientDriver.OWN);
        readOnly = other.createDatabase(ClientDriver.OWN);
        readOnly.execute("CREATE DATABASE " + db.name(), "SET GLOBAL read_only = ON");
    }

    @AfterAll
    static void closeServers() {
        one.close();
        other.close();
    }

    private static Dsn dsn() {
        return Dsn.of(
                        Database.MARIADB,
                        new HostAddress(other.host(), other.port()),
                        new HostAddress(one.host(), one.port()))
                .withUser(db.login().user())
                .withPassword(db.login().password())
                .withDatabase(db.name());
    }

    private static VertxConnectionFactory factory(Dsn dsn, TargetSession target) {
        return VertxConnectionFactory.of(Clients.VERTX, dsn.withTarget(target));
    }

    @Test
    void theServerThatMayBeWrittenOnIsThePrimary() {
        SqlConnectOptions writes =
                Clients.await(factory(dsn(), TargetSession.READ_WRITE).get());
        SqlConnectOptions reads =
                Clients.await(factory(dsn(), TargetSession.PREFER_STANDBY).get());

        assertThat(writes).isInstanceOf(MySQLConnectOptions.class);
        assertThat(writes.getPort()).isEqualTo(one.port());
        assertThat(reads.getPort()).isEqualTo(other.port());
    }

    @Test
    void aRefusedLoginEndsTheSearch() {
        Dsn wrong = dsn().withPassword("not-it");

        Throwable failure = catchThrowable(
                () -> Clients.await(factory(wrong, TargetSession.PRIMARY).get()));

        assertThat(failure).isInstanceOf(MySQLException.class);
        assertThat(((MySQLException) failure).getErrorCode()).isEqualTo(1045);
    }
}
