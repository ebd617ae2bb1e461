package dev.dbop.sql;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** The databases whose faults dbop knows. */
public enum Database {
    /** PostgreSQL, and services that are PostgreSQL: RDS, Aurora, Cloud SQL, Azure. */
    POSTGRESQL("PostgreSQL", Family.POSTGRESQL),
    /** MySQL, Percona Server, Group Replication, and services that are MySQL, Aurora among them. */
    MYSQL("MySQL", Family.MYSQL),
    /** MariaDB, Galera Cluster included. */
    MARIADB("MariaDB", Family.MYSQL),
    /** SQLite, in process. */
    SQLITE("SQLite", Family.SQLITE),
    /** CockroachDB: PostgreSQL's protocol, its own transactions. */
    COCKROACHDB("CockroachDB", Family.POSTGRESQL),
    /** YugabyteDB's YSQL: PostgreSQL's query layer over a distributed store. */
    YUGABYTEDB("YugabyteDB", Family.POSTGRESQL),
    /** TiDB: MySQL's protocol, its own transactions. */
    TIDB("TiDB", Family.MYSQL);

    private static final String NAMES =
            Arrays.stream(values()).map(Database::productName).collect(Collectors.joining(", "));

    private final String productName;
    private final Family family;

    Database(String productName, Family family) {
        this.productName = productName;
        this.family = family;
    }

    /** Databases that share a wire protocol, and with it drivers, quoting and most SQL. */
    public enum Family {
        /** PostgreSQL's protocol. */
        POSTGRESQL('"'),
        /** MySQL's protocol. */
        MYSQL('`'),
        /** SQLite's library interface. */
        SQLITE('"');

        private final char quote;

        Family(char quote) {
            this.quote = quote;
        }
    }

    /**
     * Recognises a database from what its driver or server says of itself.
     *
     * <p>The version matters as much as the name: drivers call YugabyteDB and CockroachDB PostgreSQL, and TiDB and
     * MariaDB MySQL. CockroachDB hides behind the number of a PostgreSQL release too; for it the version must be what
     * {@code SELECT version()} or the {@code crdb_version} parameter says.
     *
     * @param productName as {@code DatabaseMetaData.getDatabaseProductName()} gives it
     * @param versionText as {@code DatabaseMetaData.getDatabaseProductVersion()} or {@code SELECT version()} gives it,
     *     such as {@code 8.0.11-TiDB-v7.5.0}; may be empty
     * @return the database
     * @throws IllegalArgumentException if it is none of these
     */
    public static Database of(String productName, String versionText) {
        String product = productName.toLowerCase(Locale.ROOT);
        String version = versionText.toLowerCase(Locale.ROOT);
        if (product.contains("sqlite")) {
            return SQLITE;
        }
        if (product.contains("cockroach") || version.contains("cockroach")) {
            return COCKROACHDB;
        }
        if (product.contains("yugabyte") || version.contains("-yb-")) {
            return YUGABYTEDB;
        }
        if (product.contains("postgres")) {
            return POSTGRESQL;
        }
        if (product.contains("tidb") || version.contains("-tidb-")) {
            return TIDB;
        }
        if (product.contains("mariadb") || version.contains("mariadb")) {
            return MARIADB;
        }
        if (product.contains("mysql")) {
            return MYSQL;
        }
        throw new IllegalArgumentException("database is '" + productName + "' (version '" + versionText
                + "'): must be one of " + NAMES + "; for a compatible one, name the database it is compatible with");
    }

    /**
     * Returns the name the vendor uses.
     *
     * @return for example {@code MariaDB}
     */
    public String productName() {
        return productName;
    }

    /**
     * Returns the family, which decides protocol, quoting and most SQL.
     *
     * @return the family
     */
    public Family family() {
        return family;
    }

    /**
     * Returns what is known of this database's errors.
     *
     * @return a shared, immutable table
     */
    public FaultTable faults() {
        return FaultTable.of(this);
    }

    /**
     * Writes a text as a literal, for statements that take no parameters.
     *
     * @param text without NUL
     * @return the text in single quotes, with quotes and, but on SQLite, backslashes inside doubled; on PostgreSQL's family a
     *     text with a backslash is an {@code E'...'}, which does not depend on {@code standard_conforming_strings}
     * @throws IllegalArgumentException if the text contains the character NUL
     */
    public String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text contains NUL, which no database can store: leave it out");
        }
        String doubled = text.replace("'", "''");
        if (family == Family.SQLITE || text.indexOf('\\') < 0) {
            return "'" + doubled + "'";
        }
        return (family == Family.POSTGRESQL ? "E'" : "'") + doubled.replace("\\", "\\\\") + "'";
    }

    /**
     * Tells whether an error says that a row with the same key is there already, committed: the answer a commit probe is
     * after. No other violation of a constraint counts.
     *
     * @param error as the driver reports it, SQLite's with the extended code
     * @return true for SQLSTATE 23505 of PostgreSQL's family, 1062 of MySQL's, and SQLite's 1555 and 2067
     */
    public boolean saysDuplicateKey(ServerError error) {
        return switch (family) {
            case POSTGRESQL -> "23505".equals(error.sqlState());
            case MYSQL -> error.vendorCode() == 1062;
            case SQLITE -> error.vendorCode() == 1555 || error.vendorCode() == 2067;
        };
    }

    /**
     * Quotes one identifier, so that it may stand in SQL whatever it contains. A dot in it is part of the name: a
     * qualified name is quoted part by part.
     *
     * @param identifier one name, unquoted
     * @return the name in double quotes, in backticks for MySQL's family; quote characters inside are doubled
     * @throws IllegalArgumentException if it is empty or contains the character NUL, which no database can store
     */
    public String quote(String identifier) {
        Objects.requireNonNull(identifier, "identifier");
        if (identifier.isEmpty()) {
            throw new IllegalArgumentException("identifier is '': must not be empty; pass the name of the object");
        }
        int nul = identifier.indexOf('\0');
        if (nul >= 0) {
            throw new IllegalArgumentException("identifier is '" + identifier.replace("\0", "\\0")
                    + "': must not contain NUL, found at index " + nul + "; pass the name of the object alone");
        }
        String quote = String.valueOf(family.quote);
        return quote + identifier.replace(quote, quote + quote) + quote;
    }
}
