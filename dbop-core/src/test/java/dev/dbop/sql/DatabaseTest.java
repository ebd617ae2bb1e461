package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseTest {
    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 15.18 (Debian 15.18-1), POSTGRESQL",
        "PostgreSQL, '', POSTGRESQL",
        "PostgreSQL, 11.2-YB-2.20.1.0-b0, YUGABYTEDB",
        "PostgreSQL, 'PostgreSQL 15.2-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu', YUGABYTEDB",
        "PostgreSQL, CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu), COCKROACHDB",
        "CockroachDB, 13.0.0, COCKROACHDB",
        "MySQL, 8.0.46, MYSQL",
        "MySQL, 8.0.36-28 Percona Server, MYSQL",
        "MySQL, 8.0.11-TiDB-v7.5.0, TIDB",
        "TiDB, v7.5.0, TIDB",
        "MySQL, 5.5.5-10.11.6-MariaDB, MARIADB",
        "MariaDB, 11.8.9-MariaDB-log, MARIADB",
        "SQLite, 3.54.1, SQLITE",
        "sqlite, '', SQLITE"
    })
    void recognisesADatabaseByWhatItSaysOfItself(String product, String version, Database expected) {
        assertThat(Database.of(product, version)).isEqualTo(expected);
    }

    @Test
    void refusesADatabaseItDoesNotKnowAndNamesThoseItDoes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Database.of("Oracle", "19c"))
                .withMessageContaining("'Oracle' (version '19c')")
                .withMessageContaining("PostgreSQL, MySQL, MariaDB, SQLite, CockroachDB, YugabyteDB, TiDB")
                .withMessageNotContaining("\n");
    }

    @ParameterizedTest
    @EnumSource
    void isRecognisedByItsOwnName(Database database) {
        assertThat(Database.of(database.productName(), "")).isEqualTo(database);
    }

    @Test
    void aLiteralEndsWhereItsTextDoesWhateverTheServersSettingForBackslashes() {
        assertThat(Database.POSTGRESQL.literal("it's")).isEqualTo("'it''s'");
        assertThat(Database.POSTGRESQL.literal("a\\'b")).isEqualTo("E'a\\\\''b'");
        assertThat(Database.MARIADB.literal("a\\'b")).isEqualTo("'a\\\\''b'");
        assertThat(Database.SQLITE.literal("a\\'b")).isEqualTo("'a\\''b'");
    }

    @Test
    void quotesByFamily() {
        assertThat(Arrays.stream(Database.values()).map(database -> database.quote("a\"b`c")))
                .containsExactly(
                        "\"a\"\"b`c\"",
                        "`a\"b``c`",
                        "`a\"b``c`",
                        "\"a\"\"b`c\"",
                        "\"a\"\"b`c\"",
                        "\"a\"\"b`c\"",
                        "`a\"b``c`");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnEmptyIdentifier(Database database) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> database.quote(""))
                .withMessageContaining("identifier is ''")
                .withMessageContaining("must not be empty");
    }

    @ParameterizedTest
    @EnumSource
    void refusesNulWithoutPrintingIt(Database database) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> database.quote("ab\0c"))
                .withMessageContaining("identifier is 'ab\\0c'")
                .withMessageContaining("must not contain NUL, found at index 2")
                .withMessageNotContaining("\0");
    }

    @Property
    void quotingCanBeUndoneAndNothingEscapesIt(
            @ForAll Database database, @ForAll @NotEmpty @StringLength(max = 40) String identifier) {
        String name = identifier.replace('\0', '"');
        String quoted = database.quote(name);
        String quote = quoted.substring(0, 1);
        String inside = quoted.substring(1, quoted.length() - 1);
        assertThat(quoted).endsWith(quote).hasSizeGreaterThan(2);
        assertThat(inside.replace(quote + quote, "")).doesNotContain(quote);
        assertThat(inside.replace(quote + quote, quote)).isEqualTo(name);
    }
}
