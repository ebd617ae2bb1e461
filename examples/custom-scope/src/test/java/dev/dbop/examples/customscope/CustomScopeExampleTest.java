package dev.dbop.examples.customscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class CustomScopeExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> CustomScopeExample.main(new String[0])))
                .contains("  balances [85, 115]", "  ledger [10 from 1 to 2, 5 from 1 to 2]")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
