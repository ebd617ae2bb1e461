package dev.dbop.testkit;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** The folder of SQLite's database files: where the others have a server. */
final class SqliteServer implements ServerProcess {

    private final RunFolder run;
    private final String parameters;

    SqliteServer(List<String> options) {
        try {
            DriverManager.getDriver("jdbc:sqlite:");
        } catch (SQLException e) {
            throw new UnavailableException("SQLite's JDBC driver is not on the class path: add sqlite-jdbc");
        }
        this.run = RunFolder.create("sqlite");
        this.parameters = options.isEmpty() ? "" : "?" + String.join("&", options);
    }

    Path file(String name) {
        return run.path().resolve(name + ".db");
    }

    /** The driver takes pragmas as parameters of the URL. */
    String url(String name) {
        return "jdbc:sqlite:" + file(name) + parameters;
    }

    @Override
    public String host() {
        throw noServer();
    }

    @Override
    public int port() {
        throw noServer();
    }

    @Override
    public Credentials admin() {
        throw noServer();
    }

    @Override
    public String adminDatabase() {
        throw noServer();
    }

    @Override
    public void close() {
        run.close();
    }

    private static UnsupportedOperationException noServer() {
        return new UnsupportedOperationException("SQLite is a file: it has no host, no port and no users");
    }
}
