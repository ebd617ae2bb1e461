package dev.dbop.sql;

import dev.dbop.twophase.DecisionRow;
import dev.dbop.twophase.GroupId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The table of decision rows of two-phase commit, in branch 0's database. A row says: the group of this name is committed.
 * One more row, under {@link GroupId#RESERVED_KEY}, holds the store's own name. Texts only; sending them is the adapter's
 * business.
 *
 * @param name the table's name, unquoted, after those of the schema (and catalog) it is in, if any
 */
public record DecisionTable(List<String> name) {
    /**
     * Makes a table's description.
     *
     * @param name see above
     * @throws IllegalArgumentException if there is no name, or one is empty or contains NUL
     */
    public DecisionTable {
        name = List.copyOf(name);
        Identifiers.check("table name", name);
    }

    /**
     * Describes a table.
     *
     * @param name its name, or schema and name; case counts
     * @return the description
     * @throws IllegalArgumentException if there is no name, or one is empty or contains NUL
     */
    public static DecisionTable named(String... name) {
        return new DecisionTable(Arrays.asList(name));
    }

    /**
     * Returns the statement that creates the table, unless it exists. On MySQL's family the engine is InnoDB: a row must
     * go with its transaction.
     *
     * @param database where it is run
     * @return the statement
     */
    public String create(Database database) {
        return "CREATE TABLE IF NOT EXISTS " + quoted(database)
                + switch (database.family()) {
                    case POSTGRESQL ->
                        " (base CHAR(16) PRIMARY KEY, participants TEXT NOT NULL,"
                                + " created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())";
                    case MYSQL ->
                        " (base CHAR(16) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,"
                                + " participants VARCHAR(13000) NOT NULL,"
                                + " created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB";
                    case SQLITE ->
                        " (base TEXT PRIMARY KEY NOT NULL, participants TEXT NOT NULL,"
                                + " created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";
                };
    }

    /**
     * Returns the statement that inserts a group's row: the first of all its statements.
     *
     * @param database where it is run
     * @param group the group
     * @param participants the server identities of its branches but branch 0
     * @return the statement; it fails with a duplicate key if the group is committed
     * @throws IllegalArgumentException if an identity cannot be written
     */
    public String insert(Database database, GroupId group, List<String> participants) {
        return insert(database, group.base(), DecisionRow.write(participants));
    }

    /**
     * Returns the statement that gives the store its name.
     *
     * @param database where it is run
     * @param store 16 lower-case hex digits
     * @return the statement; it fails with a duplicate key if the store has a name
     */
    public String insertStore(Database database, String store) {
        return insert(database, GroupId.RESERVED_KEY, store);
    }

    private String insert(Database database, String base, String participants) {
        return "INSERT INTO " + quoted(database) + " (base, participants) VALUES ('" + base + "', "
                + database.literal(participants) + ")";
    }

    /**
     * Returns the query for the store's name.
     *
     * @param database where it is run
     * @return a query with one row of one column, or none if the store has no name yet
     */
    public String selectStore(Database database) {
        return "SELECT participants FROM " + quoted(database) + " WHERE base = '" + GroupId.RESERVED_KEY + "'";
    }

    /**
     * Returns the query for the oldest rows of a certain age, by the database's clock.
     *
     * @param database where it is run
     * @param age how old they are at least
     * @param most how many are wanted
     * @return a query for base, participants and age in whole seconds
     */
    public String selectOlder(Database database, Duration age, int most) {
        return "SELECT base, participants, " + age(database) + " AS age FROM " + quoted(database) + " WHERE base <> '"
                + GroupId.RESERVED_KEY + "' AND " + age(database) + " >= " + age.toSeconds()
                + " ORDER BY created_at LIMIT " + most;
    }

    private static String age(Database database) {
        return switch (database.family()) {
            case POSTGRESQL -> "CAST(floor(extract(epoch FROM clock_timestamp() - created_at)) AS BIGINT)";
            case MYSQL -> "TIMESTAMPDIFF(SECOND, created_at, CURRENT_TIMESTAMP)";
            case SQLITE -> "CAST((julianday('now') - julianday(created_at)) * 86400 AS INTEGER)";
        };
    }

    /**
     * Returns the statement that deletes the row of a group all of whose branches are finished.
     *
     * @param database where it is run
     * @param base 16 lower-case hex digits, as it was read
     * @return the statement
     */
    public String delete(Database database, String base) {
        return "DELETE FROM " + quoted(database) + " WHERE base = " + database.literal(base);
    }

    private String quoted(Database database) {
        return Identifiers.quoted(database, name);
    }
}
