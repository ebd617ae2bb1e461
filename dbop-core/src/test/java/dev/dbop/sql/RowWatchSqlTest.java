package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The texts of watching a row; that servers take them is shown where there are servers. */
class RowWatchSqlTest {
    private static final TableName TABLE = TableName.of("my shop", "jo\"b");

    @Test
    void theQueryQuotesNamesAndBindsValues() {
        RowWatchSql sql = RowWatchSql.of(Database.POSTGRESQL, TABLE, List.of("id", "Part"), List.of("state", "a\"b"));

        assertThat(sql.select())
                .isEqualTo("SELECT w.\"state\", w.\"a\"\"b\" FROM \"my shop\".\"jo\"\"b\" w WHERE w.\"id\" = ?"
                        + " AND w.\"Part\" = ? LIMIT 2");
        assertThat(sql.selectNumbered()).endsWith(" WHERE w.\"id\" = $1 AND w.\"Part\" = $2 LIMIT 2");
        assertThat(RowWatchSql.of(Database.MARIADB, TABLE, List.of("i`d"), List.of())
                        .select())
                .isEqualTo("SELECT * FROM `my shop`.`jo\"b` w WHERE w.`i``d` = ? LIMIT 2");
    }

    @Test
    void theTriggerNeverFailsTheWriterForALongKey() {
        List<String> ddl = RowWatchSql.notifyTrigger(TABLE, List.of("id"), "It's changed");

        assertThat(ddl).hasSize(3);
        assertThat(ddl.get(0))
                .startsWith("CREATE OR REPLACE FUNCTION \"my shop\".\"dbop_notify_jo\"\"b\"() RETURNS trigger")
                .contains("< 8000 THEN")
                .contains("''It''''s changed''")
                .contains("OLD.\"id\"")
                .contains("NEW.\"id\"");
        assertThat(ddl.get(1)).contains("ON \"my shop\".\"jo\"\"b\" FOR EACH ROW");
        assertThat(ddl.get(2)).contains("AFTER TRUNCATE ON \"my shop\".\"jo\"\"b\" FOR EACH STATEMENT");
        assertThat(RowWatchSql.dropNotifyTrigger(TABLE)).hasSize(3).allMatch(drop -> drop.contains("IF EXISTS"));
    }

    @Test
    void namesAreAtMostSixtyThreeBytes() {
        assertThat(RowWatchSql.listen("a\"b")).isEqualTo("LISTEN \"a\"\"b\"");
        assertThat(RowWatchSql.unlisten("Jobs")).isEqualTo("UNLISTEN \"Jobs\"");
        assertThat(RowWatchSql.listen("x".repeat(63))).endsWith("\"");
        String tooLong = "ü".repeat(32);
        assertThatThrownBy(() -> RowWatchSql.listen(tooLong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of 64 bytes: must have 63 at most");
        assertThatThrownBy(() -> RowWatchSql.listen("")).isInstanceOf(IllegalArgumentException.class);
        TableName longTable = TableName.of("x".repeat(60));
        assertThatThrownBy(() -> RowWatchSql.notifyTrigger(longTable, List.of("id"), "c"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyIsNeeded() {
        assertThatThrownBy(() -> RowWatchSql.of(Database.SQLITE, TABLE, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the key of table my shop.jo\"b is []");
        assertThatThrownBy(() -> RowWatchSql.notifyTrigger(TABLE, List.of(), "c"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
