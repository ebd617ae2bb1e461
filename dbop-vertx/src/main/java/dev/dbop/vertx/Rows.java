package dev.dbop.vertx;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the few values our own statements give. */
final class Rows {
    private Rows() {}

    /** The first value of the first row of a text's first result that has one, or null. */
    static @Nullable String first(@Nullable RowSet<Row> results) {
        List<@Nullable String> row = firstRow(results);
        return row.isEmpty() ? null : row.get(0);
    }

    /** The first row of a text's first result that has one, as text; empty if none has. */
    static List<@Nullable String> firstRow(@Nullable RowSet<Row> results) {
        for (RowSet<Row> result = results; result != null; result = result.next()) {
            for (Row row : result) {
                List<@Nullable String> values = new ArrayList<>(row.size());
                for (int i = 0; i < row.size(); i++) {
                    Object value = row.getValue(i);
                    values.add(value == null ? null : value.toString());
                }
                return values;
            }
        }
        return List.of();
    }
}
