package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.connect.TargetSession;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The code of the guide on connection strings, run. */
@RealDatabase(Database.POSTGRESQL)
class DsnGuideTest {
    private final TestDatabase db;
    private final List<String> shown = new ArrayList<>();

    DsnGuideTest(TestDatabase db) {
        this.db = db;
    }

    @Test
    void isReadAndChanged() {
        // snippet: read
        Dsn dsn =
                Dsn.parse("postgresql://app:s3cret@db1,db2:5433/shop?sslmode=require&target_session_attrs=read-write");

        List<HostAddress> hosts = dsn.hosts(); // db1:5432, db2:5433
        TargetSession target = dsn.target(); // READ_WRITE
        String text = dsn.toString(); // postgresql://app:***@db1:5432,db2:5433/shop?sslmode=require&target_...

        Dsn test = dsn.withDatabase("shop_test").withTarget(TargetSession.PREFER_STANDBY);
        Dsn one = dsn.only(dsn.hosts().get(0)); // db1 alone, whatever it is
        // end snippet
        assertThat(hosts).containsExactly(new HostAddress("db1", 5432), new HostAddress("db2", 5433));
        assertThat(dsn.isMultiHost()).isTrue();
        assertThat(target).isEqualTo(TargetSession.READ_WRITE);
        assertThat(text)
                .isEqualTo("postgresql://app:***@db1:5432,db2:5433/shop"
                        + "?sslmode=require&target_session_attrs=read-write");
        assertThat(test.databaseName()).isEqualTo("shop_test");
        assertThat(one).isEqualTo(Dsn.parse("postgresql://app:s3cret@db1/shop?sslmode=require"));
    }

    @Test
    void connectsByJdbc() throws SQLException {
        Dsn dsn = Dsn.of(
                        Database.POSTGRESQL,
                        new HostAddress(db.server().host(), db.server().port()))
                .withDatabase(db.name())
                .withUser(db.login().user())
                .withPassword(db.login().password())
                .withConnectTimeout(Duration.ofSeconds(5));
        // snippet: jdbc
        try (Connection connection = DriverManager.getConnection(dsn.jdbcUrl(), dsn.jdbcProperties())) {
            // the URL is good for logs: user, password and other secrets are in the properties
            show(connection.getCatalog());
        }
        // end snippet
        assertThat(shown).containsExactly(db.name());
    }

    private void show(String text) {
        shown.add(text);
    }

    @Test
    void isWrittenForOneDriverOrAnother() {
        // snippet: drivers
        Dsn dsn = Dsn.parse("mysql://app:s3cret@db1,db2/shop?ssl-mode=REQUIRED&connect-timeout=2000");

        String own = dsn.jdbcUrl();
        // jdbc:mysql://db1:3306,db2:3306/shop?connectTimeout=2000&sslMode=REQUIRED&failOverReadOnly=false
        String mariaDb = dsn.jdbcUrl(JdbcDriver.MARIADB);
        // jdbc:mariadb://db1:3306,db2:3306/shop?connectTimeout=2000&sslMode=trust
        // end snippet
        assertThat(own)
                .isEqualTo("jdbc:mysql://db1:3306,db2:3306/shop"
                        + "?connectTimeout=2000&sslMode=REQUIRED&failOverReadOnly=false");
        assertThat(mariaDb).isEqualTo("jdbc:mariadb://db1:3306,db2:3306/shop?connectTimeout=2000&sslMode=trust");
    }

    @Test
    void refusesByName() {
        ThrowingCallable reading = () -> {
            // snippet: refused
            Dsn dsn = Dsn.parse("jdbc:postgresql://db1/shop?target_session_attrs=read-write");
            // end snippet
            assertThat(dsn).isNull();
        };
        assertThatIllegalArgumentException()
                .isThrownBy(reading)
                .withMessage("connection string, character 28: parameter 'target_session_attrs' is spelled"
                        + " 'targetServerType' by pgjdbc");
    }
}
