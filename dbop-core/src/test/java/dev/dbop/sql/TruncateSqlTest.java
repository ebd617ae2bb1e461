package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class TruncateSqlTest {
    private static final TableName ODD = TableName.of("o'd\"d`");

    @Test
    void postgreSqlTakesAllAtOnce() {
        TruncateSql sql = TruncateSql.of(Database.POSTGRESQL);

        assertThat(sql.inOneStatement()).isTrue();
        assertThat(sql.truncate(List.of(TableName.of("s", "a"), ODD)))
                .isEqualTo("TRUNCATE TABLE \"s\".\"a\", \"o'd\"\"d`\" RESTART IDENTITY");
        assertThat(sql.truncateWithDependants(List.of(ODD)))
                .isEqualTo("TRUNCATE TABLE \"o'd\"\"d`\" RESTART IDENTITY CASCADE");
        assertThatIllegalArgumentException().isThrownBy(() -> sql.truncate(List.of()));
    }

    @Test
    void theOthersTakeTableByTable() {
        assertThat(TruncateSql.of(Database.MARIADB).empty(ODD)).containsExactly("TRUNCATE TABLE `o'd\"d```");
        assertThat(TruncateSql.of(Database.SQLITE).empty(ODD))
                .containsExactly(
                        "DELETE FROM \"main\".\"o'd\"\"d`\"",
                        "DELETE FROM \"main\".sqlite_sequence WHERE lower(name) = lower('o''d\"d`')");
    }

    @Test
    void whatIsSuspendedIsResumed() {
        assertThat(TruncateSql.of(Database.MYSQL).suspendChecks()).isEqualTo("SET foreign_key_checks = 0");
        assertThat(TruncateSql.of(Database.MYSQL).resumeChecks()).isEqualTo("SET foreign_key_checks = 1");
        assertThat(TruncateSql.of(Database.SQLITE).suspendChecks()).isEqualTo("PRAGMA defer_foreign_keys = 1");
        assertThat(TruncateSql.of(Database.SQLITE).resumeChecks()).isEqualTo("PRAGMA defer_foreign_keys = 0");
    }
}
