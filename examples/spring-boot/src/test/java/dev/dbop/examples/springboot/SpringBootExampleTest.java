package dev.dbop.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class SpringBootExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(uncounted(Transcript.of(() -> SpringBootExample.main(new String[0]))))
                .contains("  answers {200=20}", "  balances [1000, 1000], together 2000")
                .containsExactlyElementsOf(uncounted(Transcript.ofReadme()));
    }

    /** How often the crowd collides differs from run to run. */
    private static List<String> uncounted(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst("(?<=\\} )[0-9.E]+$", "n"))
                .toList();
    }
}
