package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureLineTest {
    private static String line(String message) {
        return FailureLine.of(new IllegalStateException(message));
    }

    @Test
    void isTheSimpleNameAndTheFirstLineOfTheMessage() {
        assertThat(line("ERROR: deadlock detected\n  Detail: Process 1 waits"))
                .isEqualTo("IllegalStateException: ERROR: deadlock detected");
        assertThat(line("\r\n one\r\ntwo")).isEqualTo("IllegalStateException: one");
        assertThat(line("a\tb\u001b[31mc")).isEqualTo("IllegalStateException: a b [31mc");
    }

    @Test
    void isTheNameWhereThereIsNoMessage() {
        assertThat(FailureLine.of(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(line("  \n ")).isEqualTo("IllegalStateException");
        assertThat(FailureLine.of(new IllegalStateException("anonymous") {}))
                .isEqualTo("dev.dbop.FailureLineTest$1: anonymous");
    }

    @Test
    void isCutWhereItIsLong() {
        assertThat(line("x".repeat(1_000_000))).endsWith("x…").hasSize(301 + "IllegalStateException: ".length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:x://h/d?user=a&password=hunter2&ssl=on | jdbc:x://h/d?user=a&password=***&ssl=on",
                "{user=a, password=hunter2} | {user=a, password=***}",
                "sslPassword = hunter2; | sslPassword = ***;",
                "PWD: hunter2 | PWD: ***",
                "pgsql://app:hunter2@db/shop | pgsql://app:***@db/shop",
                "postgres://app:hun@ter2@db/shop | postgres://app:***@db/shop",
                "near ''IDENTIFIED BY 'hunter2' at line 1 | near ''IDENTIFIED BY '***' at line 1",
                "ALTER ROLE a PASSWORD 'hunter2 again' | ALTER ROLE a PASSWORD '***'",
                "password authentication failed for user \"a\" | password authentication failed for user \"a\"",
                "Connection to localhost:5432 refused | Connection to localhost:5432 refused"
            },
            quoteCharacter = '\u0001')
    void hidesWhatLooksLikeAPassword(String message, String shown) {
        assertThat(line(message)).isEqualTo("IllegalStateException: " + shown);
    }
}
