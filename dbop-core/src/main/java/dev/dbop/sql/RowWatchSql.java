package dev.dbop.sql;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The SQL of watching a row: the query that looks at it, and, on PostgreSQL, LISTEN and a trigger that sends word of
 * changes, whoever makes them.
 */
public final class RowWatchSql {
    /** Bytes of a name that PostgreSQL keeps, a channel's too (manual, "Identifiers and Key Words": NAMEDATALEN - 1). */
    private static final int LONGEST_NAME = 63;

    private final Database database;
    private final TableName table;
    private final List<String> key;
    private final List<String> columns;

    private RowWatchSql(Database database, TableName table, List<String> key, List<String> columns) {
        this.database = database;
        this.table = table;
        this.key = key;
        this.columns = columns;
    }

    /**
     * Returns the texts for rows of a table.
     *
     * @param database where they are sent
     * @param table the table
     * @param key the columns that tell one row from all others, unquoted
     * @param columns the columns to look at, unquoted; empty for all
     * @return the texts
     * @throws IllegalArgumentException if there is no key, or a name is one no database can store
     */
    public static RowWatchSql of(Database database, TableName table, List<String> key, List<String> columns) {
        checkKey(table, key);
        columns.forEach(database::quote);
        return new RowWatchSql(
                Objects.requireNonNull(database, "database"),
                Objects.requireNonNull(table, "table"),
                List.copyOf(key),
                List.copyOf(columns));
    }

    private static void checkKey(TableName table, List<String> key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("the key of table " + table
                    + " is []: must be one column at least; name those that tell one row from all others");
        }
        key.forEach(Database.POSTGRESQL::quote);
    }

    /**
     * Returns the query for the row.
     *
     * @return a query with one {@code ?} per column of the key; two rows at most, since one too many is enough to know
     */
    public String select() {
        return select(i -> "?");
    }

    /**
     * Returns the query for the row, for PostgreSQL clients that number parameters.
     *
     * @return {@link #select()} with {@code $1}, {@code $2} and so on
     */
    public String selectNumbered() {
        return select(i -> "$" + (i + 1));
    }

    private String select(IntFunction<String> parameter) {
        String chosen =
                columns.isEmpty() ? "*" : columns.stream().map(this::qualified).collect(Collectors.joining(", "));
        String where = IntStream.range(0, key.size())
                .mapToObj(i -> qualified(key.get(i)) + " = " + parameter.apply(i))
                .collect(Collectors.joining(" AND "));
        return "SELECT " + chosen + " FROM " + table.quoted(database) + " w WHERE " + where + " LIMIT 2";
    }

    /** For SQLite a name in double quotes that is no column's would be a text ("Quirks, Caveats, and Gotchas"). */
    private String qualified(String column) {
        return "w." + database.quote(column);
    }

    /**
     * Returns the statement that makes a PostgreSQL session hear what is sent to a channel (manual, "LISTEN").
     *
     * @param channel case counts
     * @return the statement
     * @throws IllegalArgumentException if the name is empty, contains NUL or has more than 63 bytes
     */
    public static String listen(String channel) {
        return "LISTEN " + quotedChannel(channel);
    }

    /**
     * Returns the statement that ends what {@link #listen} began.
     *
     * @param channel case counts
     * @return the statement
     * @throws IllegalArgumentException as {@link #listen}
     */
    public static String unlisten(String channel) {
        return "UNLISTEN " + quotedChannel(channel);
    }

    private static String quotedChannel(String channel) {
        return Database.POSTGRESQL.quote(checkedName("channel", channel));
    }

    /**
     * Returns the statements that make PostgreSQL send word of every committed change of a table's rows, whichever client
     * makes it: a function {@code dbop_notify_<table>} beside the table and two triggers {@code dbop_notify} and {@code
     * dbop_notify_truncate} on it. To be run once, as part of the schema; {@link #dropNotifyTrigger} undoes them.
     *
     * <p>The payload is the row's key as a JSON array, {@code [42]}; the old and the new one where a key was changed. It is
     * empty, for any row, where the key would not fit into 7999 bytes (manual, "NOTIFY"), and after TRUNCATE. A transaction
     * sends equal ones once. Every commit that sends one waits its turn with all others of the cluster: measure before a
     * table that is written all the time gets the trigger.
     *
     * @param table in PostgreSQL, written with its schema unless that is the one new objects go to
     * @param key the columns of the key, unquoted
     * @param channel what watches listen to; case counts
     * @return the statements, in order
     * @throws IllegalArgumentException if there is no key, or a name is empty, contains NUL or has more than 63 bytes
     */
    public static List<String> notifyTrigger(TableName table, List<String> key, String channel) {
        checkKey(table, key);
        String name = Database.POSTGRESQL.literal(checkedName("channel", channel));
        String function = function(table);
        String on = table.quoted(Database.POSTGRESQL);
        String body = "BEGIN"
                + "\n  IF TG_OP = 'TRUNCATE' THEN"
                + "\n    PERFORM pg_catalog.pg_notify(" + name + ", '');"
                + "\n    RETURN NULL;"
                + "\n  END IF;"
                + send("INSERT", "OLD", key, name)
                + send("DELETE", "NEW", key, name)
                + "\n  RETURN NULL;"
                + "\nEND";
        return List.of(
                "CREATE OR REPLACE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql AS "
                        + Database.POSTGRESQL.literal(body),
                "CREATE TRIGGER dbop_notify AFTER INSERT OR UPDATE OR DELETE ON " + on
                        + " FOR EACH ROW EXECUTE FUNCTION " + function + "()",
                "CREATE TRIGGER dbop_notify_truncate AFTER TRUNCATE ON " + on + " FOR EACH STATEMENT EXECUTE FUNCTION "
                        + function + "()");
    }

    /** A key that is too long must not make the writer's statement fail. */
    private static String send(String exceptFor, String row, List<String> key, String channel) {
        String json = "pg_catalog.json_build_array("
                + key.stream()
                        .map(column -> row + "." + Database.POSTGRESQL.quote(column))
                        .collect(Collectors.joining(", "))
                + ")::text";
        return "\n  IF TG_OP <> '" + exceptFor + "' THEN"
                + "\n    PERFORM pg_catalog.pg_notify(" + channel + ", CASE WHEN pg_catalog.octet_length(" + json
                + ") < 8000 THEN " + json + " ELSE '' END);"
                + "\n  END IF;";
    }

    /**
     * Returns the statements that take back what {@link #notifyTrigger} made; they succeed if it is not there.
     *
     * @param table in PostgreSQL
     * @return the statements, in order
     * @throws IllegalArgumentException as {@link #notifyTrigger}
     */
    public static List<String> dropNotifyTrigger(TableName table) {
        String on = table.quoted(Database.POSTGRESQL);
        return List.of(
                "DROP TRIGGER IF EXISTS dbop_notify ON " + on,
                "DROP TRIGGER IF EXISTS dbop_notify_truncate ON " + on,
                "DROP FUNCTION IF EXISTS " + function(table) + "()");
    }

    private static String function(TableName table) {
        List<String> parts = table.parts();
        int last = parts.size() - 1;
        String name = checkedName("trigger function", "dbop_notify_" + parts.get(last));
        return last == 0
                ? Database.POSTGRESQL.quote(name)
                : TableName.of(parts.get(last - 1), name).quoted(Database.POSTGRESQL);
    }

    private static String checkedName(String what, String name) {
        Database.POSTGRESQL.quote(name);
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_NAME) {
            throw new IllegalArgumentException(what + " is '" + name + "' of " + bytes + " bytes: must have "
                    + LONGEST_NAME + " at most, or PostgreSQL cuts or refuses it; choose a shorter name");
        }
        return name;
    }
}
