package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Real connections to what a {@link Dsn} says, odd names and dead hosts included. */
abstract class DsnOnServerTest {
    private static final String ODD = "o:d/d@ %4?&=+#\"";
    /** Nothing listens there. */
    private static final HostAddress DEAD = new HostAddress("127.0.0.1", 1);

    final TestDatabase db;
    final Dsn dsn;
    private final JdbcDriver driver;

    DsnOnServerTest(TestDatabase db, JdbcDriver driver, String parameters) {
        this.db = db;
        this.driver = driver;
        String scheme = db.database() == Database.POSTGRESQL
                ? "postgresql"
                : db.database() == Database.MYSQL ? "mysql" : "mariadb";
        this.dsn = Dsn.parse(
                        scheme + "://" + db.server().host() + ":" + db.server().port() + "/" + db.name() + "?connect"
                                + (db.database() == Database.POSTGRESQL ? "_timeout=5" : "-timeout=5000") + parameters)
                .withUser(db.login().user())
                .withPassword(db.login().password());
    }

    final Connection connect(Dsn to) throws SQLException {
        return DriverManager.getConnection(to.jdbcUrl(driver), to.jdbcProperties(driver));
    }

    final String ask(Dsn of, String sql) throws SQLException {
        try (Connection connection = connect(of);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** As the URL of the driver can carry it. */
    private String oddDatabase() {
        return driver == JdbcDriver.MARIADB ? "o:d d %4+#\"" : ODD;
    }

    private String quoted(String name) {
        String quote = db.database() == Database.POSTGRESQL ? "\"" : "`";
        return quote + name.replace(quote, quote + quote) + quote;
    }

    private String currentDatabase() {
        return db.database() == Database.POSTGRESQL ? "SELECT current_database()" : "SELECT DATABASE()";
    }

    @Test
    void reachesTheDatabase() throws SQLException {
        assertThat(ask(dsn, currentDatabase())).isEqualTo(db.name());
    }

    @Test
    void goesOnToTheNextHostAndMayWriteThere() throws SQLException {
        db.execute("DROP TABLE IF EXISTS noted", "CREATE TABLE noted (id INT)");
        Dsn two = dsn.withHosts(List.of(DEAD, dsn.hosts().get(0)));

        try (Connection connection = connect(two);
                Statement statement = connection.createStatement()) {
            assertThat(connection.isReadOnly()).isFalse();
            assertThat(statement.executeUpdate("INSERT INTO noted VALUES (1)")).isEqualTo(1);
        }
    }

    @Test
    void ofOneHostDoesNotGoOn() {
        assertThatThrownBy(() -> connect(dsn.withHosts(List.of(DEAD, dsn.hosts().get(0)))
                                .only(DEAD)
                                .withConnectTimeout(Duration.ofSeconds(2)))
                        .close())
                .isInstanceOf(SQLException.class);
    }

    @Test
    void reachesADatabaseWithAnOddName() throws SQLException {
        String name = oddDatabase();
        db.execute("CREATE DATABASE " + quoted(name));
        try {
            assertThat(ask(dsn.withDatabase(name), currentDatabase())).isEqualTo(name);
            assertThat(ask(Dsn.parse(dsn.withDatabase(name).toUri()), currentDatabase()))
                    .isEqualTo(name);
        } finally {
            db.execute("DROP DATABASE " + quoted(name) + (db.database() == Database.POSTGRESQL ? " WITH (FORCE)" : ""));
        }
    }

    @Test
    void logsInAUserWithAnOddNameAndPassword() throws SQLException {
        boolean postgres = db.database() == Database.POSTGRESQL;
        String user = postgres ? quoted(ODD) : "'" + ODD + "'@'%'";
        db.execute(
                "CREATE USER " + user + (postgres ? " PASSWORD '" : " IDENTIFIED BY '") + ODD + "'",
                postgres ? "SELECT 1" : "GRANT ALL ON " + quoted(db.name()) + ".* TO " + user);
        try {
            Dsn odd = Dsn.parse(dsn.withUser(ODD).withPassword(ODD).toUri());
            assertThat(ask(odd, currentDatabase())).isEqualTo(db.name());
        } finally {
            db.execute("DROP USER " + user);
        }
    }
}
