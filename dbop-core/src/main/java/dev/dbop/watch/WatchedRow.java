package dev.dbop.watch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row as one look has found it: the watched columns and their values. Immutable and independent of any connection; two
 * are equal if they have the same columns with the same values, arrays compared element by element.
 */
public final class WatchedRow {
    private final Map<String, @Nullable Object> values;
    private final Map<String, String> texts;

    private WatchedRow(Map<String, @Nullable Object> values, Map<String, String> texts) {
        this.values = values;
        this.texts = texts;
    }

    /**
     * Returns a row with these values. Meant for adapters and tests: a value read in another way than the watch reads it
     * may differ in type, and then counts as changed at once.
     *
     * @param values by column; a value may be null, as SQL's NULL is; arrays are copied
     * @return the row
     * @throws IllegalArgumentException if there is no column
     */
    public static WatchedRow of(Map<String, ? extends @Nullable Object> values) {
        return of(values, Map.of());
    }

    /**
     * Returns a row with these values, some of which say less than the database does.
     *
     * @param values as for {@link #of(Map)}
     * @param texts by column; what distinguishes values that the driver gives as equal, such as times of day of which it
     *     keeps the milliseconds only. Two rows that both have a column's text are compared by it there
     * @return the row
     * @throws IllegalArgumentException if there is no column
     */
    public static WatchedRow of(Map<String, ? extends @Nullable Object> values, Map<String, String> texts) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(
                    "values is {}: must have a column at least; pass what the look has found");
        }
        Map<String, @Nullable Object> copies = new LinkedHashMap<>();
        values.forEach((column, value) -> copies.put(Objects.requireNonNull(column, "column"), Values.copy(value)));
        return new WatchedRow(copies, Map.copyOf(texts));
    }

    /**
     * Returns the value of a column.
     *
     * @param column its name as the database, or the watch's choice of columns, spells it
     * @return the value in the driver's type, large objects as text or bytes; null for SQL's NULL
     * @throws IllegalArgumentException if the column is not among those watched
     */
    public @Nullable Object get(String column) {
        Object value = values.get(column);
        if (value == null && !values.containsKey(column)) {
            throw new IllegalArgumentException(
                    "column is '" + column + "': must be one of those watched, " + values.keySet() + "; case counts");
        }
        return Values.copy(value);
    }

    /**
     * Returns all values.
     *
     * @return by column, in the order of the table or of the choice; an immutable copy
     */
    public Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> copies = new LinkedHashMap<>();
        values.forEach((column, value) -> copies.put(column, Values.copy(value)));
        return Collections.unmodifiableMap(copies);
    }

    /**
     * Returns the columns in which this row differs from another look at it.
     *
     * @param other the other look
     * @return the columns with another value, and those only one of the two has; immutable
     */
    public Set<String> differingFrom(WatchedRow other) {
        Set<String> differing = new LinkedHashSet<>(values.keySet());
        differing.addAll(other.values.keySet());
        differing.removeIf(
                column -> values.containsKey(column) && other.values.containsKey(column) && same(column, other));
        return Collections.unmodifiableSet(differing);
    }

    private boolean same(String column, WatchedRow other) {
        String one = texts.get(column);
        String two = other.texts.get(column);
        return (one != null && two != null)
                ? one.equals(two)
                : Objects.deepEquals(values.get(column), other.values.get(column));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WatchedRow row && differingFrom(row).isEmpty();
    }

    /** By the columns alone, since arrays have no hash by content. */
    @Override
    public int hashCode() {
        return values.keySet().hashCode();
    }

    /** The names of the columns; the values may be nobody's business. */
    @Override
    public String toString() {
        return "WatchedRow" + values.keySet();
    }
}
