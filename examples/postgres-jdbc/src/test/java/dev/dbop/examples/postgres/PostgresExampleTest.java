package dev.dbop.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class PostgresExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> PostgresExample.main(new String[0])))
                .contains("  balances [70, -20], turnover 30")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
