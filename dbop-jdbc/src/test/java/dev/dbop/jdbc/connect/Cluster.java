package dev.dbop.jdbc.connect;

import dev.dbop.RandomSource;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import dev.dbop.testkit.Credentials;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** What the tests of several hosts have in common. */
final class Cluster {
    /** Keeps the hosts in the order they are given in. */
    static final RandomSource UNSHUFFLED = () -> Math.nextDown(1.0);

    static final WalkLimits QUICK = new WalkLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 1);

    private static final List<FaultProxy> REFUSING = new CopyOnWriteArrayList<>();

    private Cluster() {}

    static HostAddress address(TestServer server) {
        return new HostAddress(server.host(), server.port());
    }

    /** A port nobody listens on, nor will. */
    static HostAddress refusing() {
        FaultProxy nobody = FaultProxy.to("127.0.0.1", 1);
        nobody.refuseNewConnections();
        REFUSING.add(nobody);
        return new HostAddress("127.0.0.1", nobody.port());
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
