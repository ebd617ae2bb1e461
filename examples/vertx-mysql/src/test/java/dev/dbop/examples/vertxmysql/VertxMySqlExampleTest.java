package dev.dbop.examples.vertxmysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class VertxMySqlExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> VertxMySqlExample.main(new String[0])))
                .contains("  ballots of [Alice, Bob, Carol], votes counted 3")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
