package dev.dbop.examples.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class TwoPhaseExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> TwoPhaseExample.main(new String[0])))
                .contains("  after the kill: accounts 950, ledger 1000, together 1950")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
