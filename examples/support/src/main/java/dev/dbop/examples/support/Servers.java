package dev.dbop.examples.support;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.SQLException;

/**
 * The server an example runs on: the one whose URL is in the environment as {@code DBOP_TEST_<DATABASE>_URL}, else an
 * embedded one, which ends with the process.
 */
public final class Servers {
    private Servers() {}

    /**
     * Creates an empty database, and prints on which server.
     *
     * @param kind the kind of server
     * @return the database, which is dropped when it is closed
     * @throws SQLException if the server refuses
     */
    public static TestDatabase createDatabase(Database kind) throws SQLException {
        String url = System.getenv("DBOP_TEST_" + kind.name() + "_URL");
        TestServer server = url == null || url.isBlank() ? TestServers.start(kind) : TestServers.shared(kind);
        System.out.println("on " + kind.productName() + " " + server.version());
        return server.createDatabase(ClientDriver.OWN);
    }
}
