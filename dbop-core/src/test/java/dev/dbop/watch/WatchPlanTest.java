package dev.dbop.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.sql.TableName;
import java.lang.reflect.Array;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a watch looks at, and what it refuses to be told. */
class WatchPlanTest {
    private static final WatchPlan PLAN = WatchPlan.of(TableName.of("shop", "job"));

    @Test
    void aPlanNamesItsRow() {
        WatchPlan plan = PLAN.where("id", 42).where("part", "x").where("hash", new byte[] {1});

        assertThat(plan).hasToString("row of table shop.job with id=42, part=x, hash=an array");
        assertThat(plan.sql(Database.MYSQL).select())
                .isEqualTo("SELECT * FROM `shop`.`job` w WHERE w.`id` = ? AND w.`part` = ? AND w.`hash` = ? LIMIT 2");
        assertThat(plan.keyValues()).hasSize(3).startsWith(42, "x");
    }

    @Test
    void anArrayInTheKeyIsCopied() {
        byte[] key = {1};
        WatchPlan plan = PLAN.where("hash", key);
        key[0] = 2;
        ((byte[]) plan.keyValues().get(0))[0] = 3;
        assertThat((byte[]) plan.keyValues().get(0)).containsExactly(1);
    }

    @Test
    void aKeyIsNeededAndNullIsNone() {
        assertThatThrownBy(PLAN::checked)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the watch of table shop.job has no key: must have one, to watch one row; call where(column,"
                                + " value)");
        Object none = Array.get(new Object[1], 0);
        assertThatThrownBy(() -> PLAN.where("id", none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key column id is null: must have a value");
        assertThatThrownBy(() -> PLAN.where("id", 1).where("id", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key column id is there twice");
        assertThatThrownBy(() -> PLAN.where("", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void columnsAreChosenOnceEach() {
        assertThatThrownBy(PLAN::columns)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("columns is []: must be one at least, each once; leave it unset to watch all columns");
        assertThatThrownBy(() -> PLAN.columns("a", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PLAN.columns("a", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRowOfOtherColumnsIsNotCompared() {
        WatchedRow row = WatchedRow.of(Map.of("state", 1));
        assertThat(PLAN.comparable(row)).isSameAs(row);
        assertThat(PLAN.columns("state").comparable(row)).isSameAs(row);
        WatchPlan two = PLAN.columns("state", "result");
        assertThatThrownBy(() -> two.comparable(row))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the row to compare with has the columns [state]: must have those that are watched, [state,"
                        + " result]; take it from this watch's snapshot()");
    }
}
