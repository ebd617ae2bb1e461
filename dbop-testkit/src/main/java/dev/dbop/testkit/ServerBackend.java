package dev.dbop.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/**
 * A database on a server, seen through the server's monitor connection.
 *
 * @param server the server
 * @param name the database
 */
record ServerBackend(TestServer server, String name) implements Backend {

    private static final Credentials PLAIN = new Credentials("dbop_plain", "plain-secret");

    static ServerBackend create(TestServer server, String name) throws SQLException {
        server.watch(monitor -> {
            server.dialect().createDatabase(monitor, name);
            return name;
        });
        return new ServerBackend(server, name);
    }

    @Override
    public String proxiedUrl(ClientDriver driver, int proxyPort, Credentials login) {
        return driver.url(server.database(), "127.0.0.1", proxyPort, name, login) + driver.readable(server.database());
    }

    @Override
    public String url(ClientDriver driver, Credentials login) {
        return driver.url(server.database(), server.host(), server.port(), name, login);
    }

    @Override
    public Credentials admin() {
        return server.admin();
    }

    @Override
    public Credentials plainUser() throws SQLException {
        return server.watch(monitor -> {
            server.dialect().createPlainUser(monitor, PLAIN, name);
            return PLAIN;
        });
    }

    /** The server itself knows its sessions. */
    @Override
    public void opened(Connection connection) {}

    @Override
    public List<ServerSession> sessions() throws SQLException {
        return server.watch(monitor -> server.dialect().sessions(monitor, name));
    }

    @Override
    public void kill(long session) throws SQLException {
        server.watch(monitor -> {
            server.dialect().kill(monitor, session);
            return session;
        });
    }

    @Override
    public void cancel(long session) throws SQLException {
        server.watch(monitor -> {
            server.dialect().cancel(monitor, session);
            return session;
        });
    }

    @Override
    public List<String> preparedTransactions() throws SQLException {
        return server.watch(monitor -> server.dialect().preparedTransactions(monitor, name));
    }

    @Override
    public void rollbackPrepared(String transaction) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(server.monitorDriver(), admin()))) {
            server.dialect().rollbackPrepared(connection, transaction);
        }
    }

    @Override
    public long sessionId(Connection connection) throws SQLException {
        return server.dialect().sessionId(connection);
    }

    @Override
    public SessionState stateOf(Connection connection) throws SQLException {
        return server.watch(monitor -> server.dialect().stateOf(monitor, connection));
    }

    @Override
    public boolean isRunning() {
        return server.isRunning();
    }

    @Override
    public void drop() throws SQLException {
        server.watch(monitor -> {
            server.dialect().dropDatabase(monitor, name);
            return name;
        });
    }
}
