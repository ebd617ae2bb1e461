package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Names the JDBC driver that a {@link TestDatabase} hands its connections out through.
 *
 * <p>Immutable and thread-safe.
 */
public enum ClientDriver {
    /** The one of the database's own project; for TiDB, MySQL's; for CockroachDB and YugabyteDB, PostgreSQL's. */
    OWN,
    /** MariaDB Connector/J; for MariaDB, MySQL and TiDB. */
    MARIADB_CONNECTOR,
    /** MySQL Connector/J; for MySQL, MariaDB and TiDB. */
    MYSQL_CONNECTOR;

    private static final String MARIADB_URL =
            "jdbc:mariadb://%s:%d/%s?user=%s&password=%s&sslMode=disable" + "&allowPublicKeyRetrieval=true";
    private static final String MYSQL_URL =
            "jdbc:mysql://%s:%d/%s?user=%s&password=%s&sslMode=DISABLED" + "&allowPublicKeyRetrieval=true";
    private static final String POSTGRESQL_URL =
            "jdbc:postgresql://%s:%d/%s?user=%s&password=%s&sslmode=disable&gssEncMode=disable";

    /** The JDBC URL of a database on a TCP server, TLS off so that a {@link FaultProxy} can read what passes. */
    String url(Database database, String host, int port, String name, Credentials login) {
        return String.format(template(database), host, port, name, encode(login.user()), encode(login.password()));
    }

    /** What the URL gets besides, where a proxy is to read the text of every statement. */
    String readable(Database database) {
        return template(database).equals(POSTGRESQL_URL) ? "&prepareThreshold=0" : "";
    }

    /** The drivers that can talk to a database, its own first. */
    static List<ClientDriver> of(Database database) {
        return switch (database) {
            case MYSQL, MARIADB, TIDB -> List.of(OWN, MARIADB_CONNECTOR, MYSQL_CONNECTOR);
            default -> List.of(OWN);
        };
    }

    private String template(Database database) {
        if (!of(database).contains(this)) {
            throw new IllegalArgumentException(
                    "driver " + this + " cannot talk to " + database + ": use one of " + of(database));
        }
        return switch (this) {
            case MARIADB_CONNECTOR -> MARIADB_URL;
            case MYSQL_CONNECTOR -> MYSQL_URL;
            case OWN ->
                switch (database) {
                    case MARIADB -> MARIADB_URL;
                    case MYSQL, TIDB -> MYSQL_URL;
                    default -> POSTGRESQL_URL;
                };
        };
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
