package dev.dbop.examples.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class JooqExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> JooqExample.main(new String[0])))
                .contains("  balances [90, 110]", "  balances [85, 115]", "  together 200")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
