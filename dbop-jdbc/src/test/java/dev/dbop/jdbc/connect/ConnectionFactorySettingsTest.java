package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of a factory before it connects. */
class ConnectionFactorySettingsTest {
    private static final String URI =
            "postgresql://app:secret-word@db1:5432,db2:5433/shop?target_session_attrs=prefer-standby";

    private final ConnectionFactory factory = ConnectionFactory.of(URI);

    @Test
    void tellsItsHostsAndTargetButNotItsLogin() {
        assertThat(factory.target()).isEqualTo(TargetSession.PREFER_STANDBY);
        assertThat(factory.toString())
                .startsWith("ConnectionFactory[prefer-standby ")
                .contains("db1:5432", "db2:5433")
                .doesNotContain("secret-word", "app");
    }

    @Test
    void theConnectionStringLimitsAHostAndThreeOfThemTheSearch() {
        assertThat(WalkLimits.of(Dsn.parse(URI)))
                .isEqualTo(new WalkLimits(Duration.ofSeconds(5), Duration.ofSeconds(15), 2));
        assertThat(WalkLimits.of(Dsn.parse(URI + "&connect_timeout=2")))
                .isEqualTo(new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(6), 2));
        assertThat(WalkLimits.of(Dsn.parse(URI + "&connect_timeout=0")).host()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aMuteHostLeavesTimeForTheOthersOfAShortenedSearch() throws Exception {
        try (MuteServer mute = new MuteServer()) {
            Dsn dsn =
                    Dsn.parse("postgresql://u@" + mute.address() + "," + Cluster.refusing() + "/shop?sslmode=disable");
            ConnectionFactory pooled = Cluster.factory(dsn, TargetSession.ANY);
            // Two seconds are the mute host's; a thread that is late does not use up the rest.
            pooled.setLoginTimeout(6);

            assertThatThrownBy(pooled::getConnection)
                    .hasMessageContaining("refused")
                    .hasMessageNotContaining("not tried");
        }
    }

    @Test
    void unwrapsToItselfAlone() throws SQLException {
        assertThat(factory.isWrapperFor(DataSource.class)).isTrue();
        assertThat(factory.unwrap(ConnectionFactory.class)).isSameAs(factory);
        assertThat(factory.isWrapperFor(Connection.class)).isFalse();
        assertThatThrownBy(() -> factory.unwrap(Connection.class))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("java.sql.Connection");
    }

    @Test
    void refusesWhatItDoesNotDo() throws SQLException {
        assertThat(factory.getLogWriter()).isNull();
        assertThatThrownBy(() -> factory.setLogWriter(null)).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(factory::getParentLogger).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(() -> factory.setLoginTimeout(-1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("seconds is -1");
        assertThat(factory.getLoginTimeout()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://db1:5432,%2Frun%2Fpostgresql/shop",
                "postgresql://db1/shop?passfile=x",
                "jdbc:postgresql://db1/shop?socketTimeout=abc",
                "jdbc:postgresql://db1/shop?socketTimeout=3000000"
            })
    void whatTheDriverCannotBeToldIsRefusedBeforeAPoolTriesIt(String uri) {
        assertThatThrownBy(() -> ConnectionFactory.of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("abc");
    }

    @Test
    void theLongestLimitOfAConnectionStringIsAUsableOne() {
        ConnectionFactory patient = ConnectionFactory.of("postgresql://u@127.0.0.1:1/shop?connect_timeout=2147483");

        assertThatThrownBy(patient::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("refused");
    }
}
