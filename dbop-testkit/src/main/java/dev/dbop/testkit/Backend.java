package dev.dbop.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** One database as the kit sees it: on a server, or a SQLite file. */
interface Backend {

    /** The URL for a client that connects to a proxy on the loopback address. */
    String proxiedUrl(ClientDriver driver, int proxyPort, Credentials login);

    /** The URL for a client that connects directly. */
    String url(ClientDriver driver, Credentials login);

    Credentials admin();

    Credentials plainUser() throws SQLException;

    /** Tells about a connection that the kit handed out. */
    void opened(Connection connection);

    List<ServerSession> sessions() throws SQLException;

    void kill(long session) throws SQLException;

    void cancel(long session) throws SQLException;

    List<String> preparedTransactions() throws SQLException;

    void rollbackPrepared(String transaction) throws SQLException;

    long sessionId(Connection connection) throws SQLException;

    SessionState stateOf(Connection connection) throws SQLException;

    /** Whether the server answers; a test may have killed it. */
    boolean isRunning();

    void drop() throws SQLException;
}
