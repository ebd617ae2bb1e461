package dev.dbop.examples.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class HibernateExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> HibernateExample.main(new String[0])))
                .contains("  balances [1: 78, 2: 120, 3: 0, 9: 2]")
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
