package dev.dbop.benchmarks.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of texts and numbers. A cell may be null: not measured, or without a meaning there. Not thread-safe. */
public final class Table {
    private final List<String> columns;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    /**
     * Makes an empty table.
     *
     * @param columns their names
     */
    public Table(String... columns) {
        this.columns = new ArrayList<>(List.of(columns));
    }

    /**
     * Adds a row.
     *
     * @param cells a text, a number or null for each column
     */
    public void add(@Nullable Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells: must be one for each of " + columns);
        }
        List<@Nullable Object> row = new ArrayList<>(cells.length);
        for (Object cell : cells) {
            row.add(cell);
        }
        rows.add(row);
    }

    /**
     * Adds a column that divides each row's value by that of the row it is to be compared with: the one whose cells in
     * the key columns are the same.
     *
     * @param name of the new column
     * @param value the column divided
     * @param contenders the column that tells who is compared
     * @param base who the others are divided by
     * @param keys what must be the same
     */
    public void addRatio(String name, String value, String contenders, String base, String... keys) {
        compare(name, value, contenders, base, (of, to) -> to == 0 ? Double.NaN : of / to, keys);
    }

    /**
     * Adds a column of differences, compared as {@link #addRatio} does.
     *
     * @param name of the new column
     * @param value the column subtracted from
     * @param contenders the column that tells who is compared
     * @param base who is subtracted from the others
     * @param keys what must be the same
     */
    public void addDifference(String name, String value, String contenders, String base, String... keys) {
        compare(name, value, contenders, base, (of, to) -> of - to, keys);
    }

    private void compare(
            String name, String value, String contenders, String base, DoubleBinaryOperator how, String... keys) {
        Map<List<@Nullable Object>, Double> bases = new HashMap<>();
        for (List<@Nullable Object> row : rows) {
            if (base.equals(cell(row, contenders)) && cell(row, value) instanceof Number number) {
                bases.putIfAbsent(key(row, keys), number.doubleValue());
            }
        }
        List<@Nullable Double> compared = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            Double to = bases.get(key(row, keys));
            Double of = to != null && cell(row, value) instanceof Number number
                    ? how.applyAsDouble(number.doubleValue(), to)
                    : Double.NaN;
            compared.add(of.isNaN() ? null : of);
        }
        columns.add(name);
        for (int i = 0; i < rows.size(); i++) {
            rows.get(i).add(compared.get(i));
        }
    }

    private List<@Nullable Object> key(List<@Nullable Object> row, String... keys) {
        List<@Nullable Object> key = new ArrayList<>();
        for (String name : keys) {
            key.add(cell(row, name));
        }
        return key;
    }

    private @Nullable Object cell(List<@Nullable Object> row, String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("column " + column + ": must be one of " + columns);
        }
        return row.get(index);
    }

    /**
     * Returns the rows.
     *
     * @return for each, its cells by column
     */
    public List<Map<String, @Nullable Object>> rows() {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            Map<String, @Nullable Object> cells = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.put(columns.get(i), row.get(i));
            }
            all.add(cells);
        }
        return all;
    }

    /**
     * Prints the table, texts to the left and numbers to the right.
     *
     * @param out where to
     */
    public void print(PrintStream out) {
        List<List<String>> texts = new ArrayList<>();
        texts.add(columns);
        rows.forEach(row -> texts.add(row.stream().map(Table::text).toList()));
        int[] widths = IntStream.range(0, columns.size())
                .map(i -> texts.stream()
                        .mapToInt(row -> row.get(i).length())
                        .max()
                        .orElse(0))
                .toArray();
        for (List<String> row : texts) {
            out.println(IntStream.range(0, widths.length)
                    .mapToObj(i -> padded(row.get(i), widths[i], isText(i)))
                    .collect(Collectors.joining("  "))
                    .stripTrailing());
        }
    }

    private boolean isText(int column) {
        return rows.stream().anyMatch(row -> row.get(column) instanceof String);
    }

    private static String padded(String text, int width, boolean left) {
        String space = " ".repeat(width - text.length());
        return left ? text + space : space + text;
    }

    static String text(@Nullable Object cell) {
        if (cell == null) {
            return "-";
        }
        if (cell instanceof Double number) {
            double size = Math.abs(number);
            int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 4;
            return String.format(Locale.ROOT, "%." + decimals + "f", number);
        }
        return cell.toString();
    }
}
