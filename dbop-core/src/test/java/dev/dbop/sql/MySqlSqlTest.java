package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Timeouts;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MySqlSqlTest {
    @ParameterizedTest
    @ValueSource(strings = {"fa-IR", "ar-EG", "de-DE", "tr-TR"})
    void writesNumbersAsTheServerReadsThemWhateverTheLocale(String language) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(language));
        try {
            assertThat(limited(Database.MARIADB)).contains("max_statement_time=1.050");
            assertThat(limited(Database.MYSQL)).contains("max_execution_time=1050");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void roundsUpToWhatTheServerTakes() {
        assertThat(limited(Database.MARIADB)).contains("innodb_lock_wait_timeout=2");
    }

    private static String limited(Database database) {
        Timeouts timeouts = Timeouts.none().withLock(Duration.ofMillis(1001)).withStatement(Duration.ofMillis(1050));
        return String.valueOf(MySqlSql.of(database).save(timeouts, 0, false));
    }
}
