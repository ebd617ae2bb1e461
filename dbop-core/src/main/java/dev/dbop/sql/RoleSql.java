package dev.dbop.sql;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query that has a server say whether it is a primary or a standby, and which failures to connect no other host will
 * change.
 *
 * <p>PostgreSQL knows for certain. MySQL and MariaDB only tell whether a server is read-only ({@code read_only}, or {@code
 * innodb_read_only} as on a reader of Aurora), which a replica is expected to be; one that is not cannot be told from a
 * primary.
 */
public final class RoleSql {
    /** Access denied to the server (1045, 1698), to the database (1044); no such database (1049). */
    private static final Set<Integer> REFUSALS = Set.of(1045, 1698, 1044, 1049);

    private RoleSql() {}

    /**
     * Returns the query for the role of the server behind a session. It changes nothing and needs no privilege.
     *
     * @param database where it is run
     * @return a query with one row of one text for {@link dev.dbop.connect.ServerRole#of}
     * @throws IllegalArgumentException if it is SQLite, which has no hosts
     */
    public static String query(Database database) {
        return switch (database.family()) {
            case POSTGRESQL ->
                "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby'"
                        + " WHEN current_setting('transaction_read_only') = 'on' THEN 'read-only primary'"
                        + " ELSE 'primary' END";
            // As text, because read_only has more values than two in newer releases of MariaDB.
            case MYSQL ->
                "SELECT CASE WHEN CONCAT(@@global.read_only) IN ('0', 'OFF')"
                        + " AND CONCAT(@@global.innodb_read_only) IN ('0', 'OFF') THEN 'primary' ELSE 'standby' END";
            case SQLITE ->
                throw new IllegalArgumentException(
                        "database is SQLite: must be one that servers run; an SQLite file has no hosts");
        };
    }

    /**
     * Says whether a failure to connect is about user, password or database, so that trying other hosts would only hide it:
     * SQLSTATE class 28 and 3D000 of PostgreSQL's family (manual, Appendix A), 1044, 1045, 1049 and 1698 of MySQL's (manual,
     * Server Error Message Reference).
     *
     * @param database whose error it is
     * @param error as the client reports it
     * @return whether the search should end with it
     */
    public static boolean endsWalk(Database database, ServerError error) {
        return switch (database.family()) {
            case POSTGRESQL -> isRefusal(error.sqlState());
            case MYSQL -> REFUSALS.contains(error.vendorCode());
            case SQLITE -> false;
        };
    }

    private static boolean isRefusal(@Nullable String sqlState) {
        return sqlState != null && (sqlState.startsWith("28") || sqlState.equals("3D000"));
    }
}
