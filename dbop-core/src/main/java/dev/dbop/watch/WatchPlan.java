package dev.dbop.watch;

import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The row a watch looks at, and what of it: what the watches of all clients are configured with. Immutable; what has to fit
 * together is checked by {@link #checked}, when a wait begins.
 */
public final class WatchPlan {
    private final TableName table;
    private final Map<String, Object> key;
    private final List<String> columns;

    private WatchPlan(TableName table, Map<String, Object> key, List<String> columns) {
        this.table = table;
        this.key = key;
        this.columns = columns;
    }

    /**
     * Returns a plan for a row of a table, all columns, no key yet.
     *
     * @param table the table
     * @return the plan
     */
    public static WatchPlan of(TableName table) {
        return new WatchPlan(Objects.requireNonNull(table, "table"), Map.of(), List.of());
    }

    /**
     * Adds a column of the key.
     *
     * @param column its name, unquoted; case counts where the database says so
     * @param value what it must be equal to
     * @return a changed copy
     * @throws IllegalArgumentException if the name is one no database can store, the column is in the key already, or the
     *     value is null
     */
    public WatchPlan where(String column, Object value) {
        Database.POSTGRESQL.quote(column);
        if (isNull(value)) {
            throw new IllegalArgumentException("key column " + column
                    + " is null: must have a value, since no row is equal to NULL; use columns that are never NULL");
        }
        Map<String, Object> more = new LinkedHashMap<>(key);
        if (more.put(column, Objects.requireNonNull(Values.copy(value))) != null) {
            throw new IllegalArgumentException("key column " + column
                    + " is there twice: must have one value; name each column of a composite key once");
        }
        return new WatchPlan(table, Collections.unmodifiableMap(more), columns);
    }

    /** Callers need not be null-marked. */
    @SuppressWarnings("RedundantNullCheck")
    private static boolean isNull(Object value) {
        return value == null;
    }

    /**
     * Chooses the columns that count.
     *
     * @param chosen their names, unquoted
     * @return a changed copy
     * @throws IllegalArgumentException if there is none, one is there twice, or one is a name no database can store
     */
    public WatchPlan columns(String... chosen) {
        List<String> all = List.copyOf(Arrays.asList(chosen));
        all.forEach(Database.POSTGRESQL::quote);
        if (all.isEmpty() || Set.copyOf(all).size() < all.size()) {
            throw new IllegalArgumentException(
                    "columns is " + all + ": must be one at least, each once; leave it unset to watch all columns");
        }
        return new WatchPlan(table, key, all);
    }

    /**
     * Returns this plan if it is complete.
     *
     * @return this
     * @throws IllegalStateException if there is no key
     */
    public WatchPlan checked() {
        if (key.isEmpty()) {
            throw new IllegalStateException("the watch of table " + table
                    + " has no key: must have one, to watch one row; call where(column, value)");
        }
        return this;
    }

    /**
     * Returns the table.
     *
     * @return its name
     */
    public TableName table() {
        return table;
    }

    /**
     * Returns the values of the key, in the order of the query's parameters.
     *
     * @return never null each; an immutable copy
     */
    public List<Object> keyValues() {
        List<Object> values = new ArrayList<>();
        key.values().forEach(value -> values.add(Objects.requireNonNull(Values.copy(value))));
        return Collections.unmodifiableList(values);
    }

    /**
     * Returns the statements for this row.
     *
     * @param database where they are sent
     * @return the texts
     */
    public RowWatchSql sql(Database database) {
        return RowWatchSql.of(database, table, List.copyOf(key.keySet()), columns);
    }

    /**
     * Refuses to compare with a row that has other columns than those chosen.
     *
     * @param seen what the caller has seen
     * @return the row itself
     * @throws IllegalArgumentException if its columns are not those of this watch
     */
    public WatchedRow comparable(WatchedRow seen) {
        Set<String> has = seen.values().keySet();
        if (!columns.isEmpty() && !has.equals(Set.copyOf(columns))) {
            throw new IllegalArgumentException("the row to compare with has the columns " + has
                    + ": must have those that are watched, " + columns + "; take it from this watch's snapshot()");
        }
        return seen;
    }

    /** The row, for messages: table, key columns and values. */
    @Override
    public String toString() {
        return "row of table " + table + " with "
                + key.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private static String text(Object value) {
        return value.getClass().isArray() ? "an array" : value.toString();
    }
}
