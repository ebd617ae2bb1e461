package dev.dbop.examples.vertxpg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class VertxPgExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> VertxPgExample.main(new String[0])))
                .contains("  balances [90, 110]", "  balances [80, 120]")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
