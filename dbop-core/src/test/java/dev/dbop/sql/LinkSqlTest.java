package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinkSqlTest {
    private static final LinkSql SIMPLE = LinkSql.of("page_tag", List.of("page"), List.of("tag"));
    private static final LinkSql COMPOSITE = LinkSql.of("s.\"t\"", List.of("a1", "a2"), List.of("b1", "b2"));

    @Test
    void insertsAsManyRowsAsAsked() {
        assertThat(SIMPLE.insert(1)).isEqualTo("INSERT INTO page_tag (page, tag) VALUES (?, ?)");
        assertThat(COMPOSITE.insert(2))
                .isEqualTo("INSERT INTO s.\"t\" (a1, a2, b1, b2) VALUES (?, ?, ?, ?), (?, ?, ?, ?)");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void leavesOutWhatIsThereWithoutIgnoringOtherFailures(Database database) {
        String added = database.family() == Database.Family.MYSQL
                ? " ON DUPLICATE KEY UPDATE tag = tag"
                : " ON CONFLICT DO NOTHING";

        assertThat(SIMPLE.insertMissing(database, 2)).isEqualTo(SIMPLE.insert(2) + added);
    }

    @Test
    void selectsAndDeletesTheLinksOfAnOwner() {
        assertThat(SIMPLE.select()).isEqualTo("SELECT tag FROM page_tag WHERE page = ?");
        assertThat(SIMPLE.selectAmong(2)).isEqualTo("SELECT tag FROM page_tag WHERE page = ? AND tag IN (?, ?)");
        assertThat(SIMPLE.delete(1)).isEqualTo("DELETE FROM page_tag WHERE page = ? AND tag IN (?)");
        assertThat(COMPOSITE.delete(2))
                .isEqualTo(
                        "DELETE FROM s.\"t\" WHERE a1 = ? AND a2 = ? AND ((b1 = ? AND b2 = ?) OR (b1 = ? AND b2 = ?))");
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> SIMPLE.insert(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows is 0");
        assertThatThrownBy(() -> COMPOSITE.delete(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows is -1");
        assertThatThrownBy(() -> LinkSql.of("t", List.of(), List.of("b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("columns [] and [b]");
    }
}
