package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleSqlTest {
    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, 28P01, 0, true",
        "POSTGRESQL, 28000, 0, true",
        "POSTGRESQL, 3D000, 0, true",
        "POSTGRESQL, 53300, 0, false",
        "POSTGRESQL, 57P03, 0, false",
        "POSTGRESQL, 08001, 0, false",
        "POSTGRESQL, , 0, false",
        "YUGABYTEDB, 28P01, 0, true",
        "MYSQL, 28000, 1045, true",
        "MARIADB, 28000, 1698, true",
        "MARIADB, 42000, 1044, true",
        "MARIADB, 42000, 1049, true",
        "MYSQL, 08004, 1040, false",
        "MYSQL, 08S01, 0, false",
        "TIDB, 28000, 1045, true",
        "SQLITE, 28000, 1045, false"
    })
    void aRefusedLoginEndsTheSearchAndNothingElse(Database database, String sqlState, int code, boolean ends) {
        assertThat(RoleSql.endsWalk(database, new ServerError(sqlState, code, null, null)))
                .isEqualTo(ends);
    }

    @Test
    void aFileHasNoRole() {
        assertThatThrownBy(() -> RoleSql.query(Database.SQLITE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SQLite");
    }
}
