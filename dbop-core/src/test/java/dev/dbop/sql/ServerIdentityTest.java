package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentityTest {
    @ParameterizedTest
    @ValueSource(strings = {"5.5.62", "5.6.51-log", "5.7", "5.7.6-m16", "4.1.22"})
    void mySqlBefore577MustNotPrepare(String version) {
        assertThat(ServerIdentity.objectionToVersion(version)).contains("MySQL " + version, "5.7.7", "upgrade it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5.7.7-rc",
                "5.7.10",
                "5.7.31-log",
                "5.7.44",
                "5.10.1",
                "8.0.4",
                "8.0.31",
                "8.4",
                "9.7.0",
                "10.0.1",
                "11.4-MariaDB",
                "26.1"
            })
    void laterVersionsAreComparedNumberByNumber(String version) {
        assertThat(ServerIdentity.objectionToVersion(version)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "v5.5"})
    void whatIsNoVersionIsNoReason(String version) {
        assertThat(ServerIdentity.objectionToVersion(version)).isNull();
    }

    @Test
    void onlyMySqlIsAskedForItsVersion() {
        assertThat(ServerIdentity.version(Database.MYSQL)).isEqualTo("SELECT VERSION()");
        assertThat(ServerIdentity.version(Database.MARIADB)).isNull();
        assertThat(ServerIdentity.version(Database.POSTGRESQL)).isNull();
    }
}
