package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableNameTest {
    @Test
    void everyPartIsQuotedOnItsOwn() {
        assertThat(TableName.of("t").quoted(Database.POSTGRESQL)).isEqualTo("\"t\"");
        assertThat(TableName.of("a.b", "c\"`d").quoted(Database.POSTGRESQL)).isEqualTo("\"a.b\".\"c\"\"`d\"");
        assertThat(TableName.of("a.b", "c\"`d").quoted(Database.MARIADB)).isEqualTo("`a.b`.`c\"``d`");
    }

    @Test
    void partsAreWhatCounts() {
        assertThat(TableName.of("a", "b")).isEqualTo(TableName.of("a", "b")).isNotEqualTo(TableName.of("a.b"));
        assertThat(TableName.of("a", "b")).hasToString("a.b");
    }

    @Test
    void aNameThatNoDatabaseCanStoreIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(TableName::of).withMessageContaining("table name");
        assertThatIllegalArgumentException().isThrownBy(() -> TableName.of("s", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> TableName.of("a\0b"));
    }
}
