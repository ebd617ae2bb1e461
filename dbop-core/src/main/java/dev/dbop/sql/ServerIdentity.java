package dev.dbop.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The queries that tell a server from all others, and whether it may take part in two-phase commit. Two pools that lead to
 * one server are one participant.
 */
public final class ServerIdentity {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,3})(?:\\.(\\d{1,3}))?(?:\\.(\\d{1,3}))?");
    /** 5.7.7. */
    private static final long FIRST = 5_007_007;

    private ServerIdentity() {}

    /**
     * Returns the query for the identity of what a session is connected to: the database of a PostgreSQL cluster, a MySQL
     * or MariaDB server with all its schemas, an SQLite file.
     *
     * @param database where it is run
     * @return a query with one row of one text of up to 200 characters
     */
    public static String query(Database database) {
        return switch (database.family()) {
            case POSTGRESQL ->
                "SELECT 'postgresql:' || system_identifier || '/' || (SELECT oid FROM pg_database"
                        + " WHERE datname = current_database()) FROM pg_control_system()";
            case MYSQL ->
                database == Database.MYSQL
                        ? "SELECT CONCAT('mysql:', @@server_uuid)"
                        : "SELECT LEFT(CONCAT('mariadb:', @@hostname, ':', @@port, ':', @@datadir), 200)";
            case SQLITE -> "SELECT 'sqlite:' || file FROM pragma_database_list WHERE name = 'main'";
        };
    }

    /**
     * Returns the query that tells why a server must not take part, as one text: a replica, prepared transactions switched
     * off.
     *
     * @param database where it is run
     * @param prepares whether the server is to prepare a branch, which branch 0 does not
     * @return a query with one row: the reason with its remedy, or null if there is none
     */
    public static String objection(Database database, boolean prepares) {
        return switch (database.family()) {
            case POSTGRESQL ->
                "SELECT CASE WHEN pg_is_in_recovery() THEN 'it is a standby, where nothing can be written: connect to the"
                        + " primary'"
                        + (prepares
                                ? " WHEN current_setting('max_prepared_transactions')::int = 0 THEN"
                                        + " 'max_prepared_transactions is 0, which switches PREPARE TRANSACTION off: set it to at"
                                        + " least the number of connections that prepare, and restart the server'"
                                : "")
                        + " END";
            case MYSQL ->
                "SELECT CASE WHEN @@global.read_only = 1 THEN 'it is read-only, as a replica is: connect to the primary' END";
            case SQLITE -> "SELECT NULL";
        };
    }

    /**
     * Returns the query for the version of a server that is to prepare a branch, where some versions must not.
     *
     * @param database where it is run
     * @return a query with one row of one text for {@link #objectionToVersion}; null where every version may
     */
    public static @Nullable String version(Database database) {
        return database == Database.MYSQL ? "SELECT VERSION()" : null;
    }

    /**
     * Tells why a server of a certain version must not prepare a branch: MySQL drops prepared branches with their session
     * before 5.7.7 (manual 5.7, "Restrictions on XA Transactions").
     *
     * @param version as the server says, such as {@code 8.0.31-log}; compared number by number
     * @return the reason with its remedy, or null if there is none
     */
    public static @Nullable String objectionToVersion(String version) {
        Matcher numbers = VERSION.matcher(version);
        if (!numbers.lookingAt()
                || number(numbers, 1) * 1_000_000 + number(numbers, 2) * 1_000 + number(numbers, 3) >= FIRST) {
            return null;
        }
        return "it is MySQL " + version
                + ", and before 5.7.7 prepared branches are dropped with their session: upgrade it,"
                + " or make it branch 0";
    }

    private static long number(Matcher numbers, int group) {
        String digits = numbers.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
