package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.connect.TargetSession;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.POSTGRESQL)
class DsnOnPostgreSqlTest extends DsnOnServerTest {
    private static final String READ_ONLY = "SHOW transaction_read_only";

    DsnOnPostgreSqlTest(TestDatabase db) {
        super(db, JdbcDriver.POSTGRESQL, "&sslmode=disable&gssencmode=disable");
    }

    @Test
    void parametersArrive() throws SQLException {
        Dsn told = Dsn.parse(dsn.toUri() + "&application_name=a%20%2Bb&options=-c%20lock_timeout%3D1700&keepalives=1");

        assertThat(ask(told, "SHOW application_name")).isEqualTo("a +b");
        assertThat(ask(told, "SHOW lock_timeout")).isEqualTo("1700ms");
    }

    @Test
    void targetsAreFoundAmongPrimaryAndStandby() throws SQLException {
        try (TestServer standby = db.server().startStandby()) {
            HostAddress second = new HostAddress(standby.host(), standby.port());
            Dsn standbyFirst = dsn.withHosts(List.of(second, dsn.hosts().get(0)));
            Dsn primaryFirst = dsn.withHosts(List.of(dsn.hosts().get(0), second));

            assertThat(ask(standbyFirst.withTarget(TargetSession.ANY), READ_ONLY))
                    .isEqualTo("on");
            assertThat(ask(standbyFirst.withTarget(TargetSession.READ_WRITE), READ_ONLY))
                    .isEqualTo("off");
            assertThat(ask(primaryFirst.withTarget(TargetSession.READ_ONLY), READ_ONLY))
                    .isEqualTo("on");
            assertThat(ask(primaryFirst.withTarget(TargetSession.PREFER_STANDBY), READ_ONLY))
                    .isEqualTo("on");
            assertThat(ask(dsn.withTarget(TargetSession.PREFER_STANDBY), READ_ONLY))
                    .isEqualTo("off");
            assertThatThrownBy(() -> ask(dsn.only(second).withTarget(TargetSession.READ_WRITE), READ_ONLY))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("targetServerType: primary");
        }
    }
}
