package dev.dbop.sql;

import java.util.Arrays;
import java.util.List;

/**
 * A table's name, given part by part and quoted when it is sent: any character may be in it, and none of them is SQL.
 *
 * @param parts the name, unquoted, after those of the schema (and catalog) it is in, if any; case counts
 */
public record TableName(List<String> parts) {
    /**
     * Makes a name.
     *
     * @param parts see above
     * @throws IllegalArgumentException if there is no name, or one is empty or contains NUL
     */
    public TableName {
        parts = List.copyOf(parts);
        Identifiers.check("table name", parts);
    }

    /**
     * Makes a name.
     *
     * @param parts the name, or schema and name; a dot in one is part of it, and parts nothing
     * @return the name
     * @throws IllegalArgumentException if there is no name, or one is empty or contains NUL
     */
    public static TableName of(String... parts) {
        return new TableName(Arrays.asList(parts));
    }

    /**
     * Returns the name as SQL spells it.
     *
     * @param database where it is sent
     * @return every part in the quotes of the database, with dots between them
     */
    public String quoted(Database database) {
        return Identifiers.quoted(database, parts);
    }

    /**
     * Returns the name for people to read.
     *
     * @return the parts as they are, with dots between them
     */
    @Override
    public String toString() {
        return String.join(".", parts);
    }
}
