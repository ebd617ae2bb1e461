package dev.dbop.sql;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * A table in which transactions leave a token, so that it can be found out whether they were committed: by inserting the
 * same token again. Looking for it would not be enough, because the COMMIT may still be on its way. Texts only; sending
 * them is the adapter's business.
 *
 * @param name the table's name, unquoted, after those of the schema (and catalog) it is in, if any
 */
public record TokenTable(List<String> name) {
    private static final int TOKEN_BYTES = 16;

    private static final SecureRandom SECURE = new SecureRandom();

    /** Pruned tokens are forgotten: younger ones may still be asked for. */
    private static final Duration YOUNGEST = Duration.ofHours(1);

    /**
     * Makes a table's description.
     *
     * @param name see above
     * @throws IllegalArgumentException if there is no name, or one is empty or contains NUL
     */
    public TokenTable {
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
    public static TokenTable named(String... name) {
        return new TokenTable(Arrays.asList(name));
    }

    /**
     * Draws a token from the system's secure source.
     *
     * @return 32 lower-case hexadecimal digits, never drawn before
     */
    public static String newToken() {
        byte[] token = new byte[TOKEN_BYTES];
        SECURE.nextBytes(token);
        return HexFormat.of().formatHex(token);
    }

    /**
     * Returns the statement that creates the table, unless it exists: a token of 32 hexadecimal digits as primary key, and
     * the time it was written. On MySQL's family the engine is InnoDB: a token must go with its transaction.
     *
     * @param database where it is run
     * @return the statement
     */
    public String create(Database database) {
        return "CREATE TABLE IF NOT EXISTS " + quoted(database)
                + switch (database.family()) {
                    case POSTGRESQL ->
                        " (token CHAR(32) PRIMARY KEY, created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())";
                    case MYSQL ->
                        " (token CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,"
                                + " created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB";
                    case SQLITE ->
                        " (token TEXT PRIMARY KEY NOT NULL, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";
                };
    }

    /**
     * Returns the statement that leaves a token.
     *
     * @param database where it is run
     * @param token 32 hexadecimal digits
     * @return the statement; it fails with a duplicate key if the token is there
     * @throws IllegalArgumentException if the token is not of that form
     */
    public String insert(Database database, String token) {
        if (!token.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("token is '" + token + "': must be 32 lower-case hexadecimal digits");
        }
        return "INSERT INTO " + quoted(database) + " (token) VALUES ('" + token + "')";
    }

    /**
     * Returns the statement that deletes old tokens, by the database's clock.
     *
     * @param database where it is run
     * @param age how old a token must be, at least an hour: one that is gone while its transaction is still in doubt would
     *     make a committed transaction look aborted
     * @return the statement
     * @throws IllegalArgumentException if the age is shorter than an hour or longer than a century
     */
    public String prune(Database database, Duration age) {
        Objects.requireNonNull(age, "age");
        if (age.compareTo(YOUNGEST) < 0 || age.compareTo(Duration.ofDays(36_525)) > 0) {
            throw new IllegalArgumentException("age is " + age + ": must be from " + YOUNGEST
                    + " to a century, since a younger token may still be asked for; prune older ones");
        }
        long seconds = age.toSeconds();
        return "DELETE FROM " + quoted(database) + " WHERE created_at < "
                + switch (database.family()) {
                    case POSTGRESQL -> "clock_timestamp() - interval '" + seconds + " seconds'";
                    case MYSQL -> "CURRENT_TIMESTAMP - INTERVAL " + seconds + " SECOND";
                    case SQLITE -> "datetime('now', '-" + seconds + " seconds')";
                };
    }

    private String quoted(Database database) {
        return Identifiers.quoted(database, name);
    }
}
