package dev.dbop.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * The SQL that empties tables and has their numbering begin anew. Texts only; sending them is the adapter's business.
 *
 * <p>PostgreSQL does it in one statement, and finds the tables itself whose foreign keys refer to the emptied ones. MySQL,
 * MariaDB and SQLite do it table by table, with the tables of {@link #foreignKeys} looked up before.
 */
public final class TruncateSql {
    private static final String MAIN = "main";

    private final Database database;

    private TruncateSql(Database database) {
        this.database = database;
    }

    /**
     * Returns the texts of one database.
     *
     * @param database any
     * @return the texts
     */
    public static TruncateSql of(Database database) {
        return new TruncateSql(database);
    }

    /**
     * Tells whether the server empties all tables at once, and knows itself which others refer to them.
     *
     * @return true on PostgreSQL's family
     */
    public boolean inOneStatement() {
        return database.family() == Database.Family.POSTGRESQL;
    }

    /**
     * Returns the statement that empties tables at once, and fails with 0A000 if another table's foreign key refers to one
     * of them. PostgreSQL's family only.
     *
     * @param tables one at least
     * @return the statement
     * @throws IllegalArgumentException if there are no tables
     */
    public String truncate(List<TableName> tables) {
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("tables is []: must not be empty; pass the tables to be emptied");
        }
        List<String> names =
                tables.stream().map(table -> table.quoted(database)).toList();
        return "TRUNCATE TABLE " + String.join(", ", names) + " RESTART IDENTITY";
    }

    /**
     * Returns the statement that empties tables at once, with all whose foreign keys refer to them, directly or not.
     * PostgreSQL's family only.
     *
     * @param tables one at least
     * @return the statement
     * @throws IllegalArgumentException if there are no tables
     */
    public String truncateWithDependants(List<TableName> tables) {
        return truncate(tables) + " CASCADE";
    }

    /**
     * Returns the statements that empty one table, whatever refers to it. MySQL's family and SQLite only.
     *
     * @param table its name
     * @return on MySQL's family TRUNCATE TABLE, which commits; on SQLite DELETE, and if the schema has numbered tables
     *     (see {@link #sequences}) one that forgets the numbering
     */
    public List<String> empty(TableName table) {
        if (database.family() == Database.Family.MYSQL) {
            return List.of("TRUNCATE TABLE " + table.quoted(database));
        }
        List<String> statements = new ArrayList<>(2);
        String schema = database.quote(schema(table));
        statements.add("DELETE FROM " + schema + "." + database.quote(name(table)));
        statements.add("DELETE FROM " + schema + ".sqlite_sequence WHERE lower(name) = lower("
                + database.literal(name(table)) + ")");
        return statements;
    }

    /**
     * Returns the query that tells whether a schema of SQLite remembers numbers at all: the second statement of {@link
     * #empty} fails otherwise.
     *
     * @param table one of the schema
     * @return a query with a row, or none
     */
    public String sequences(TableName table) {
        return "SELECT name FROM " + database.quote(schema(table))
                + ".sqlite_master WHERE type = 'table' AND name = 'sqlite_sequence'";
    }

    /**
     * Returns the query for the foreign keys that may refer to a table, one row for each: schema and name of the table that
     * has it, of the one it refers to, then the schema that is meant where none is named, and 0 if case counts in names. MySQL's
     * family and SQLite only.
     *
     * @param table on SQLite those of its schema are given, which is {@code main} unless named; on MySQL's family all that
     *     the user may see
     * @return the query
     */
    public String foreignKeys(TableName table) {
        if (database.family() == Database.Family.MYSQL) {
            return "SELECT constraint_schema, table_name, unique_constraint_schema, referenced_table_name, database(),"
                    + " @@lower_case_table_names FROM information_schema.referential_constraints";
        }
        String schema = database.literal(schema(table));
        return "SELECT " + schema + ", m.name, " + schema + ", f.\"table\", '" + MAIN + "', 1 FROM "
                + database.quote(schema(table)) + ".sqlite_master m, pragma_foreign_key_list(m.name, " + schema
                + ") f WHERE m.type = 'table'";
    }

    /**
     * Returns the query for whether foreign keys are looked after at once. MySQL's family and SQLite only, as what follows.
     *
     * @return a query with one row: 1 if so, 0 if {@link #suspendChecks} would change nothing
     */
    public String checks() {
        return database.family() == Database.Family.MYSQL
                ? "SELECT @@foreign_key_checks"
                : "SELECT 1 - defer_foreign_keys FROM pragma_defer_foreign_keys";
    }

    /**
     * Returns the statement that has foreign keys not looked after: on MySQL's family in this session, on SQLite until the
     * transaction is committed.
     *
     * @return the statement
     */
    public String suspendChecks() {
        return database.family() == Database.Family.MYSQL
                ? "SET foreign_key_checks = 0"
                : "PRAGMA defer_foreign_keys = 1";
    }

    /**
     * Returns the statement that undoes {@link #suspendChecks}.
     *
     * @return the statement
     */
    public String resumeChecks() {
        return database.family() == Database.Family.MYSQL
                ? "SET foreign_key_checks = 1"
                : "PRAGMA defer_foreign_keys = 0";
    }

    private static String schema(TableName table) {
        return table.parts().size() == 1
                ? MAIN
                : table.parts().get(table.parts().size() - 2);
    }

    private static String name(TableName table) {
        return table.parts().get(table.parts().size() - 1);
    }
}
