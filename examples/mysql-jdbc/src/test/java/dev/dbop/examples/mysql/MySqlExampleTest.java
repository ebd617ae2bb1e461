package dev.dbop.examples.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class MySqlExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> MySqlExample.main(new String[0])))
                .contains("  tickets sold 4, seats left 96")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
