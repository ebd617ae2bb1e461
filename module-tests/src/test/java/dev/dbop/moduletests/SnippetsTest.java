package dev.dbop.moduletests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.moduletests.Snippets.Snippet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SnippetsTest {

    private static final Path PAGE = Path.of("page.md");

    private static final String CODE = """
        class Code {
            // snippet: one
            void one() {
                run();
            }
            // end snippet
            // snippet: open
        }
        """;

    @TempDir
    private Path folder = Path.of("");

    @TestFactory
    Stream<DynamicTest> everySnippetOfTheDocsAndExamplesIsTheTestedCode() {
        Snippets snippets = Snippets.ofRepository();
        List<Path> pages = pages(snippets, "docs", "examples");
        if ("write".equals(System.getProperty("snippets"))) {
            pages.forEach(snippets::fill);
        }
        List<Snippet> all =
                pages.stream().flatMap(page -> snippets.in(page).stream()).toList();
        assertThat(all).isNotEmpty();
        return all.stream()
                .map(snippet -> DynamicTest.dynamicTest(
                        snippet.toString(), () -> assertThat(snippet.text()).isEqualTo(snippets.sourceOf(snippet))));
    }

    /** The pages under these folders; what a build or the site's tools have put there is none. */
    private static List<Path> pages(Snippets snippets, String... folders) {
        return Stream.of(folders)
                .flatMap(folder -> snippets.pagesUnder(folder).stream())
                .filter(page ->
                        !page.startsWith("docs/site") && !page.toString().contains("/target/"))
                .toList();
    }

    @Test
    void everyJavaBlockOfTheDocsSaysWhereItIsTested() {
        Snippets snippets = Snippets.ofRepository();

        assertThat(pages(snippets, "docs"))
                .filteredOn(page -> !page.startsWith("docs/decisions"))
                .hasSizeGreaterThan(20)
                .allSatisfy(page -> assertThat(snippets.unmarkedBlocksIn(page))
                        .as(page.toString())
                        .isEmpty());
    }

    /** Laid out by hand, since the formatter gives an example more lines than a first page has. */
    @Test
    void everySnippetOfTheReadmeIsTheTestedCodeButForItsLayout() {
        Snippets snippets = Snippets.ofRepository();

        assertThat(snippets.in(Path.of("README.md")))
                .isNotEmpty()
                .allSatisfy(
                        snippet -> assertThat(snippet.text()).isEqualToIgnoringWhitespace(snippets.sourceOf(snippet)));
    }

    @Test
    void takesARegionWithoutTheIndentationItsLinesShare() throws IOException {
        Snippets snippets = snippets("<!-- snippet: Code.java#one -->\n```java\nvoid one() {\n    run();\n}\n```\n");

        assertThat(snippets.in(PAGE)).singleElement().satisfies(snippet -> {
            assertThat(snippet.text()).isEqualTo(snippets.sourceOf(snippet)).isEqualTo("void one() {\n    run();\n}");
            assertThat(snippet).hasToString("page.md:1 (Code.java#one)");
        });
    }

    @Test
    void leavesUnmarkedBlocksAlone() throws IOException {
        assertThat(snippets("```java\nwhatever\n```\n").in(PAGE)).isEmpty();
    }

    @Test
    void findsJavaBlocksOfUnknownOrigin() throws IOException {
        Snippets snippets = snippets("```java\na\n```\n<!-- file: A.java -->\n```java\nb\n```\n```xml\n```\n");

        assertThat(snippets.unmarkedBlocksIn(PAGE)).containsExactly(1);
    }

    @Test
    void fillsInWhatIsMissingOrStale() throws IOException {
        Snippets snippets = snippets("""
            a
            <!-- snippet: Code.java#one -->
            ```java
            old();
            ```
            b
            <!-- snippet: Code.java#one -->
            ```java
            ```
            """);

        snippets.fill(PAGE);

        String block = "<!-- snippet: Code.java#one -->\n```java\nvoid one() {\n    run();\n}\n```\n";
        assertThat(folder.resolve(PAGE)).hasContent("a\n" + block + "b\n" + block);
    }

    @Test
    void refusesAMarkThatCannotBeRead() throws IOException {
        Snippets snippets = snippets("<!-- snippet: Code.java -->\n```java\n```\n");

        assertThatThrownBy(() -> snippets.in(PAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("page.md:1");
    }

    @Test
    void refusesAMarkWithoutABlock() throws IOException {
        Snippets apart = snippets("<!-- snippet: Code.java#one -->\n\n```java\n```\n");
        assertThatThrownBy(() -> apart.in(PAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must follow the mark");

        Snippets endless = snippets("<!-- snippet: Code.java#one -->\n```java\nvoid one() {\n");
        assertThatThrownBy(() -> endless.in(PAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no end");
    }

    @Test
    void refusesARegionThatIsNotThere() throws IOException {
        for (String region : List.of("two", "open")) {
            Snippets snippets = snippets("<!-- snippet: Code.java#" + region + " -->\n```java\n```\n");
            assertThatThrownBy(() -> snippets.sourceOf(snippets.in(PAGE).get(0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no region");
        }
    }

    @Test
    void refusesAFileThatIsNotThere() throws IOException {
        Snippets snippets = snippets("<!-- snippet: Gone.java#one -->\n```java\n```\n");

        assertThatThrownBy(() -> snippets.sourceOf(snippets.in(PAGE).get(0)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Gone.java");
    }

    private Snippets snippets(String page) throws IOException {
        Files.writeString(folder.resolve(PAGE), page);
        Files.writeString(folder.resolve("Code.java"), CODE);
        return new Snippets(folder);
    }
}
