package dev.dbop.jdbc.connect;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.connect.ServerRole;
import dev.dbop.sql.Database;
import dev.dbop.sql.RoleSql;
import dev.dbop.sql.ServerError;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one host within a limit. Each driver has its own idea of a limit: connectTimeout ends with the TCP connection,
 * and then a mute server would be waited for; PostgreSQL's loginTimeout leaves a thread behind that waits on. A read timeout
 * ends it in all of them, and is taken back before the connection is handed out.
 */
final class HostLogin {
    private static final String READ_TIMEOUT = "socketTimeout";
    private static final String TLS_ANSWER = "sslResponseTimeout";
    /** No driver counts further. */
    private static final Duration LONGEST = Duration.ofDays(24);

    private final Dsn dsn;
    private final JdbcDriver driver;
    private final int readTimeoutMillis;

    HostLogin(Dsn dsn, JdbcDriver driver) {
        this.driver = driver;
        this.readTimeoutMillis = readTimeoutMillis(dsn, driver);
        // A URL's parameters win over properties.
        this.dsn = dsn.withoutParameter(READ_TIMEOUT).withoutParameter(TLS_ANSWER);
    }

    private static int readTimeoutMillis(Dsn dsn, JdbcDriver driver) {
        String wished = dsn.parameters().getOrDefault(READ_TIMEOUT, "0");
        int unit = driver == JdbcDriver.POSTGRESQL ? 1000 : 1;
        int most = Integer.MAX_VALUE / unit;
        if (!wished.matches("[0-9]{1,10}") || Long.parseLong(wished) > most) {
            throw new IllegalArgumentException(
                    "parameter '" + READ_TIMEOUT + "' must be a whole number from 0 to " + most);
        }
        return Integer.parseInt(wished) * unit;
    }

    /** Refuses a time to read that is none, before the first connection. */
    static void check(Dsn dsn, JdbcDriver driver) {
        readTimeoutMillis(dsn, driver);
    }

    Database database() {
        return dsn.database();
    }

    /** Whether the failure is about the login, which is the same everywhere. */
    boolean isRefusal(SQLException failure) {
        ServerError error = new ServerError(failure.getSQLState(), failure.getErrorCode(), failure.getMessage(), null);
        return RoleSql.endsWalk(database(), error);
    }

    /** Finds the driver, without which there is no use in trying any host. */
    Driver driver() throws SQLException {
        String url = dsn.only(dsn.hosts().get(0)).jdbcUrl(driver);
        try {
            return DriverManager.getDriver(url);
        } catch (SQLException none) {
            String start = url.substring(0, url.indexOf("//") + 2);
            throw new SQLException(
                    "no JDBC driver for " + start + " on the class path: add it, or choose another with driver(...)",
                    none);
        }
    }

    Connection connect(Driver with, HostAddress host, Duration limit) throws SQLException {
        Dsn one = dsn.only(host).withConnectTimeout(limit.compareTo(LONGEST) > 0 ? LONGEST : limit);
        Properties properties = one.jdbcProperties(driver);
        limitAnswers(properties, Math.max(1, Math.min(limit.toMillis(), Integer.MAX_VALUE)));
        Connection connection = with.connect(one.jdbcUrl(driver), properties);
        if (connection == null) {
            throw new SQLException("the JDBC driver " + with.getClass().getName() + " did not take the URL", "08001");
        }
        return connection;
    }

    /**
     * Limits what the driver waits for while it logs in. Where TLS is only preferred, PostgreSQL's driver connects a second
     * time without it when the first answer does not come (measured with 42.7): each of the two gets half of the limit.
     */
    private void limitAnswers(Properties properties, long millis) {
        if (driver != JdbcDriver.POSTGRESQL) {
            properties.setProperty(READ_TIMEOUT, Long.toString(millis));
            return;
        }
        String tls = dsn.parameters().getOrDefault("sslmode", "prefer");
        long each = tls.equals("prefer") || tls.equals("allow") ? (millis + 1) / 2 : millis;
        properties.setProperty(READ_TIMEOUT, Long.toString((each + 999) / 1000));
        properties.setProperty(TLS_ANSWER, Long.toString(each));
    }

    /** Asks on a connection that is nobody's yet, and leaves no transaction behind. */
    ServerRole role(Connection connection, Duration limit) throws SQLException {
        limitReads(connection, (int) Math.max(1, Math.min(limit.toMillis(), Integer.MAX_VALUE)));
        String answer;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(RoleSql.query(database()))) {
            rows.next();
            answer = rows.getString(1);
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        return ServerRole.of(answer);
    }

    /** Puts the connection into the state its connection string asks for. */
    void release(Connection connection) throws SQLException {
        limitReads(connection, readTimeoutMillis);
    }

    private static void limitReads(Connection connection, int millis) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, millis);
    }

    /** Closes what is not wanted; a server that has gone mute is not waited for longer than its limit. */
    static void close(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException | RuntimeException gone) {
            HostSearch.LOG.trace("a connection that was not wanted could not be closed", gone);
        }
    }
}
