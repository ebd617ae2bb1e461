package dev.dbop.jdbc.connect;

import dev.dbop.RandomSource;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.testkit.Credentials;
import dev.dbop.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What the tests of several hosts have in common. */
final class Cluster {
    /** Keeps the hosts in the order they are given in. */
    static final RandomSource UNSHUFFLED = () -> Math.nextDown(1.0);

    static final WalkLimits QUICK = new WalkLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 1);

    private Cluster() {}

    static HostAddress address(TestServer server) {
        return new HostAddress(server.host(), server.port());
    }

    /** A port nobody listens on. */
    static HostAddress refusing() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new HostAddress("127.0.0.1", socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Dsn dsn(String scheme, Credentials login, String database, String parameters, HostAddress... hosts) {
        String authority = Arrays.stream(hosts).map(HostAddress::toString).collect(Collectors.joining(","));
        return Dsn.parse(
                scheme + "://" + login.user() + ":" + login.password() + "@" + authority + "/" + database + parameters);
    }

    static ConnectionFactory factory(Dsn dsn, TargetSession target, WalkLimits limits) {
        return ConnectionFactory.builder(dsn.withTarget(target))
                .limits(limits)
                .randomSource(UNSHUFFLED)
                .build();
    }

    static ConnectionFactory factory(Dsn dsn, TargetSession target) {
        return factory(dsn, target, QUICK);
    }

    static String ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
