package dev.dbop.examples.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class MariaDbExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> MariaDbExample.main(new String[0])))
                .contains("  orders of [Alice, Carol], pieces left [8, 7]")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
