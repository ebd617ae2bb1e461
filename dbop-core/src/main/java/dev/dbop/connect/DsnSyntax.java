package dev.dbop.connect;

import dev.dbop.sql.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ways to write a connection string, and where their rules differ. */
enum DsnSyntax {
    /** PostgreSQL manual, "Connection URIs". */
    LIBPQ(Database.POSTGRESQL, null, "postgresql://", "postgres://"),
    /** pgjdbc documentation, "Connecting to the Database". */
    PGJDBC(Database.POSTGRESQL, JdbcDriver.POSTGRESQL, "jdbc:postgresql://", "jdbc:postgresql:"),
    /** MySQL manual, "Connecting to the Server Using URI-Like Strings or Key-Value Pairs". */
    MYSQL(Database.MYSQL, null, "mysql://"),
    /** As {@link #MYSQL}. */
    MARIADB(Database.MARIADB, null, "mariadb://"),
    /** Connector/J manual, "Connection URL Syntax". */
    CONNECTOR_J(Database.MYSQL, JdbcDriver.MYSQL, "jdbc:mysql://"),
    /** MariaDB documentation, "About MariaDB Connector/J". It knows no escapes at all. */
    CONNECTOR_MARIADB(Database.MARIADB, JdbcDriver.MARIADB, "jdbc:mariadb://");

    final Database database;
    /** Null where the text is a URI. */
    final @Nullable JdbcDriver driver;
    /** The one that is written. */
    final String prefix;

    private final String otherPrefix;

    DsnSyntax(Database database, @Nullable JdbcDriver driver, String prefix, String otherPrefix) {
        this.database = database;
        this.driver = driver;
        this.prefix = prefix;
        this.otherPrefix = otherPrefix;
    }

    DsnSyntax(Database database, @Nullable JdbcDriver driver, String prefix) {
        this(database, driver, prefix, prefix);
    }

    /** The longer one first. */
    List<String> prefixes() {
        return prefix.equals(otherPrefix) ? List.of(prefix) : List.of(prefix, otherPrefix);
    }

    /** What dbop writes the database's URI in. */
    static DsnSyntax uriOf(Database database) {
        return switch (database) {
            case POSTGRESQL -> LIBPQ;
            case MYSQL -> MYSQL;
            case MARIADB -> MARIADB;
            default ->
                throw new IllegalArgumentException(
                        "database " + database + " has no connection strings: use POSTGRESQL, MYSQL or MARIADB");
        };
    }

    static DsnSyntax of(JdbcDriver driver) {
        return switch (driver) {
            case POSTGRESQL -> PGJDBC;
            case MYSQL -> CONNECTOR_J;
            case MARIADB -> CONNECTOR_MARIADB;
        };
    }

    boolean isUri() {
        return driver == null;
    }

    Database.Family family() {
        return database.family();
    }

    boolean isPostgreSql() {
        return database == Database.POSTGRESQL;
    }

    /** Whether {@code %41} is an A. */
    boolean hasEscapes() {
        return this != CONNECTOR_MARIADB;
    }

    /** Whether a plus is a space, as in HTML forms. */
    boolean plusIsSpace() {
        return this == PGJDBC || this == CONNECTOR_J;
    }

    /** Whether {@code user:password@} comes before the hosts. */
    boolean hasUserInfo() {
        return isUri() || this == CONNECTOR_J;
    }

    int defaultPort() {
        return isPostgreSql() ? 5432 : 3306;
    }

    @Override
    public String toString() {
        return switch (this) {
            case LIBPQ -> "a libpq URI";
            case PGJDBC -> "pgjdbc";
            case MYSQL -> "a mysql:// URI";
            case MARIADB -> "a mariadb:// URI";
            case CONNECTOR_J -> "MySQL Connector/J";
            case CONNECTOR_MARIADB -> "MariaDB Connector/J";
        };
    }
}
