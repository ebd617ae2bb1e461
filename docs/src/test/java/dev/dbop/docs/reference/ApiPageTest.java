package dev.dbop.docs.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiPageTest {
    @Test
    void theApiMapIsUpToDate() throws IOException {
        Pages.check("api.md", ApiPage.render());
    }

    @Test
    void everyPublicTypeOfAnExportedPackageIsFound() {
        Path core = Pages.ROOT.resolve("dbop-core/src/main/java/dev/dbop");
        long publicFiles = Pages.javaFilesIn(core).stream()
                .map(Pages::read)
                .filter(text ->
                        text.matches("(?s).*\\npublic [\\w -]*?(?:class|interface|record|enum|@interface) \\w+.*"))
                .count();

        assertThat(ApiPage.typesIn(core))
                .hasSize((int) publicFiles)
                .containsKeys("DbopRunner", "Retried", "RunEvent")
                .allSatisfy((type, line) -> assertThat(line).as(type).endsWith("."));
    }

    @Test
    void takesTheFirstSentenceAsMarkdown() {
        assertThat(ApiPage.firstSentence("\n"
                        + " * Does {@link Some#thing that} of {@link Some#one()} and {@code a < b}."
                        + " More.\n"
                        + " *\n"
                        + " * <p>And so on.\n"))
                .isEqualTo("Does that of `Some.one()` and `a < b`.");
    }
}
