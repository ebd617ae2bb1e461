package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DatabaseSqlTest {
    @Test
    void theNameIsQuoted() {
        assertThat(DatabaseSql.of(Database.POSTGRESQL).create("a\"; DROP"))
                .isEqualTo("CREATE DATABASE \"a\"\"; DROP\"");
        assertThat(DatabaseSql.of(Database.MYSQL).create("a`b")).isEqualTo("CREATE DATABASE `a``b`");
    }

    @Test
    void aNameThatWouldBeCutIsRefused() {
        DatabaseSql postgres = DatabaseSql.of(Database.POSTGRESQL);

        assertThat(postgres.create("x".repeat(63))).endsWith("x\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> postgres.create("é".repeat(32)))
                .withMessageContaining("has 64");
    }

    @Test
    void whatIsThereIsKnownByItsCode() {
        DatabaseSql postgres = DatabaseSql.of(Database.POSTGRESQL);

        assertThat(postgres.saysExists(ServerError.ofSqlState("42P04"))).isTrue();
        assertThat(postgres.saysExists(ServerError.ofSqlState("23505"))).isTrue();
        assertThat(postgres.saysExists(ServerError.ofSqlState("55006"))).isFalse();
        assertThat(DatabaseSql.of(Database.MARIADB).saysExists(ServerError.ofVendorCode(1007)))
                .isTrue();
        assertThat(DatabaseSql.of(Database.MARIADB).saysExists(ServerError.ofVendorCode(1044)))
                .isFalse();
    }

    @Test
    void sqliteHasFilesOnly() {
        assertThatThrownBy(() -> DatabaseSql.of(Database.SQLITE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("because it has no server");
    }
}
