package dev.dbop.sql;

import java.nio.charset.StandardCharsets;

/** The SQL that creates a database on a server. Texts only; sending them is the adapter's business. */
public final class DatabaseSql {
    /** NAMEDATALEN less one: what is longer is cut without an error (PostgreSQL manual, "Identifiers and Key Words"). */
    private static final int POSTGRESQL_BYTES = 63;

    private final Database database;

    private DatabaseSql(Database database) {
        this.database = database;
    }

    /**
     * Returns the texts of one server.
     *
     * @param database any but SQLite
     * @return the texts
     * @throws UnsupportedOperationException on SQLite
     */
    public static DatabaseSql of(Database database) {
        if (database == Database.SQLITE) {
            throw new UnsupportedOperationException("a database cannot be created on SQLite, because it has no server:"
                    + " a database is a file, made by connecting to it");
        }
        return new DatabaseSql(database);
    }

    /**
     * Returns the statement that creates a database, and fails if there is one of that name. Not inside a transaction.
     *
     * @param name its name, unquoted; any character may be in it that the server stores
     * @return the statement
     * @throws IllegalArgumentException if the name is empty, contains NUL, or is longer than PostgreSQL's 63 bytes, which
     *     it would cut
     */
    public String create(String name) {
        String quoted = database.quote(name);
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (database.family() == Database.Family.POSTGRESQL && bytes > POSTGRESQL_BYTES) {
            throw new IllegalArgumentException("database name is '" + name + "': must have " + POSTGRESQL_BYTES
                    + " bytes at most, has " + bytes + "; use a shorter one, since PostgreSQL would cut it");
        }
        return "CREATE DATABASE " + quoted;
    }

    /**
     * Tells whether {@link #create} failed because there is a database of that name.
     *
     * @param error the server's
     * @return true for 42P04 of PostgreSQL's family, and for 23505, which the loser of a race gets (measured on PostgreSQL
     *     15); for 1007 of MySQL's
     */
    public boolean saysExists(ServerError error) {
        return database.family() == Database.Family.MYSQL
                ? error.vendorCode() == 1007
                : "42P04".equals(error.sqlState()) || database.saysDuplicateKey(error);
    }
}
