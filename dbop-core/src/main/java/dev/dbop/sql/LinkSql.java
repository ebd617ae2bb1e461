package dev.dbop.sql;

import java.util.Collections;
import java.util.List;

/**
 * The SQL of an association table, whose rows link an owner to what is related to it. Texts with one {@code ?} per value;
 * binding and sending them is the adapter's business.
 */
public final class LinkSql {
    private final String table;
    private final List<String> owner;
    private final List<String> related;

    private LinkSql(String table, List<String> owner, List<String> related) {
        this.table = table;
        this.owner = owner;
        this.related = related;
    }

    /**
     * Returns the texts of one table.
     *
     * @param table its name, qualified and quoted where it has to be
     * @param owner the columns that tell the owner, quoted where they have to be
     * @param related the columns that tell what is related to it, quoted where they have to be
     * @return the texts
     * @throws IllegalArgumentException if the name is empty, or there are no columns
     */
    public static LinkSql of(String table, List<String> owner, List<String> related) {
        if (table.isEmpty() || owner.isEmpty() || related.isEmpty()) {
            throw new IllegalArgumentException("table is '" + table + "' with columns " + owner + " and " + related
                    + ": none of them must be empty; pass the names of the association table");
        }
        return new LinkSql(table, List.copyOf(owner), List.copyOf(related));
    }

    /**
     * Returns the statement that inserts links, and fails with a duplicate key if one of them is there and the table has a
     * key.
     *
     * @param rows how many, 1 at least
     * @return the statement; values: for every row those of the owner, then those of the related
     * @throws IllegalArgumentException if there are no rows
     */
    public String insert(int rows) {
        String values = row("?", owner.size() + related.size());
        return "INSERT INTO " + table + " (" + String.join(", ", owner) + ", " + String.join(", ", related)
                + ") VALUES " + String.join(", ", Collections.nCopies(checked(rows), values));
    }

    /**
     * Returns the statement that inserts the links that are not there: rows with a key that is taken are left out, any
     * other failure stays one. (INSERT IGNORE of MySQL and MariaDB would turn a missing foreign key or value into a
     * warning: manuals, "INSERT".)
     *
     * @param database where it is run
     * @param rows how many, 1 at least
     * @return the statement; values as for {@link #insert}. The count it answers is that of the rows inserted on PostgreSQL
     *     and SQLite; on MySQL's family it counts the others too unless the driver was told to count affected rows
     *     (manuals, "INSERT ... ON DUPLICATE KEY UPDATE", on {@code CLIENT_FOUND_ROWS})
     * @throws IllegalArgumentException if there are no rows
     */
    public String insertMissing(Database database, int rows) {
        String column = related.get(0);
        return insert(rows)
                + switch (database.family()) {
                    case POSTGRESQL, SQLITE -> " ON CONFLICT DO NOTHING";
                    case MYSQL -> " ON DUPLICATE KEY UPDATE " + column + " = " + column;
                };
    }

    /**
     * Returns the query for all links of an owner.
     *
     * @return a query for the columns of the related; values: those of the owner
     */
    public String select() {
        return "SELECT " + String.join(", ", related) + " FROM " + table + " WHERE " + equal(owner);
    }

    /**
     * Returns the query for those links of an owner that are among some.
     *
     * @param rows among how many, 1 at least
     * @return a query for the columns of the related; values: those of the owner, then those of every related
     * @throws IllegalArgumentException if there are no rows
     */
    public String selectAmong(int rows) {
        return select() + " AND " + among(rows);
    }

    /**
     * Returns the statement that deletes some links of an owner.
     *
     * @param rows how many, 1 at least
     * @return the statement; values: those of the owner, then those of every related
     * @throws IllegalArgumentException if there are no rows
     */
    public String delete(int rows) {
        return "DELETE FROM " + table + " WHERE " + equal(owner) + " AND " + among(rows);
    }

    private String among(int rows) {
        return related.size() == 1
                ? related.get(0) + " IN " + row("?", checked(rows))
                : "(" + String.join(" OR ", Collections.nCopies(checked(rows), "(" + equal(related) + ")")) + ")";
    }

    private static String equal(List<String> columns) {
        return String.join(" = ? AND ", columns) + " = ?";
    }

    private static String row(String value, int count) {
        return "(" + String.join(", ", Collections.nCopies(count, value)) + ")";
    }

    private static int checked(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException(
                    "rows is " + rows + ": must be 1 at least; without links there is nothing to send");
        }
        return rows;
    }
}
