package dev.dbop.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows compare by what is in them and cannot be changed. */
class WatchedRowTest {
    private static WatchedRow row(@Nullable Object... columnsAndValues) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values.put(String.valueOf(columnsAndValues[i]), columnsAndValues[i + 1]);
        }
        return WatchedRow.of(values);
    }

    @Test
    void rowsAreEqualWhenTheirValuesAreArraysAndNullsIncluded() {
        WatchedRow one =
                row("id", 1, "body", new byte[] {1, 2}, "tags", new Object[] {"a", new int[] {3}}, "gone", null);
        WatchedRow other =
                row("id", 1, "body", new byte[] {1, 2}, "tags", new Object[] {"a", new int[] {3}}, "gone", null);

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.differingFrom(other)).isEmpty();
    }

    @Test
    void differencesAreToldByColumn() {
        WatchedRow one = row("id", 1, "body", new byte[] {1}, "state", "a", "was", 1);
        WatchedRow other = row("id", 1, "body", new byte[] {2}, "state", null, "is", 1);

        assertThat(one).isNotEqualTo(other);
        assertThat(one.differingFrom(other)).isEqualTo(Set.of("body", "state", "was", "is"));
    }

    @Test
    void aNullIsNotAMissingColumn() {
        assertThat(row("a", null)).isNotEqualTo(row("b", null));
        assertThat(row("a", null).get("a")).isNull();
        assertThatThrownBy(() -> row("a", null).get("A"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("column is 'A': must be one of those watched, [a]; case counts");
    }

    @Test
    void arraysGoInAndComeOutAsCopies() {
        byte[] bytes = {1};
        WatchedRow row = row("body", bytes);
        bytes[0] = 2;
        byte[] out = bytes(row.get("body"));
        assertThat(out).containsExactly(1);
        out[0] = 3;
        bytes(row.values().get("body"))[0] = 4;
        assertThat(bytes(row.get("body"))).containsExactly(1);
        Map<String, @Nullable Object> values = row.values();
        assertThatThrownBy(() -> values.put("more", 1)).isInstanceOf(UnsupportedOperationException.class);
    }

    private static byte[] bytes(@Nullable Object value) {
        return (byte[]) Objects.requireNonNull(value);
    }

    @Test
    void theTextNamesColumnsAndKeepsValuesToItself() {
        assertThat(row("id", 1, "password", "secret")).hasToString("WatchedRow[id, password]");
    }

    @Test
    void aRowHasColumns() {
        assertThatThrownBy(() -> WatchedRow.of(Map.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
