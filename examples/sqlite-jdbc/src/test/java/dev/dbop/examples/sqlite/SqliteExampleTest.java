package dev.dbop.examples.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Test;

class SqliteExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> SqliteExample.main(new String[0])))
                .contains("  pieces left 5", "  pieces left 4", "  pieces left 0")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
