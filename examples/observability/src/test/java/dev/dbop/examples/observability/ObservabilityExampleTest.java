package dev.dbop.examples.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.examples.support.Transcript;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class ObservabilityExampleTest {
    @Test
    void printsWhatItsReadmeSays() throws Exception {
        assertThat(Transcript.of(() -> ObservabilityExample.main(new String[0])))
                .anyMatch(line -> line.contains("db.response.status_code=40P01"))
                .containsExactlyElementsOf(Transcript.ofReadme());
    }
}
