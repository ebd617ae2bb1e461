package dev.dbop.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of the performance page are what was measured. Each stands below a comment that says of which file, which rows
 * and which columns: {@code <!-- figures: contention-peers | workload=hot; rule=none or 8ms | contender, commits/s -->}.
 */
class PerformancePageTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("reference/performance.md");
    private static final Pattern TABLE =
            Pattern.compile("(<!-- figures: ([\\w-]+) \\|([^|]*)\\|([^|]*) -->\n)((?:\\|.*\n)*)");

    @Test
    void theTablesAreWhatWasMeasured() throws IOException {
        String page = Files.readString(PAGE);
        String current = TABLE.matcher(page)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1)
                        + table(
                                found.group(2),
                                found.group(3).strip(),
                                found.group(4).strip())));
        if (Boolean.getBoolean("dbop.docs.update")) {
            Files.writeString(PAGE, current);
            return;
        }

        assertThat(page)
                .as("stale; run this test with -Ddbop.docs.update=true")
                .contains("<!-- figures:")
                .isEqualTo(current);
    }

    private static String table(String name, String rows, String columns) {
        JsonNode figures = read(name);
        List<String> wanted = split(columns, ",");
        StringBuilder table = new StringBuilder("| " + String.join(" | ", wanted) + " |\n")
                .append("| --- ".repeat(wanted.size()))
                .append("|\n");
        for (JsonNode row : figures.get("rows")) {
            if (split(rows, ";").stream().allMatch(condition -> holds(condition, row))) {
                table.append("| ")
                        .append(wanted.stream()
                                .map(column -> Table.text(cell(row, column)))
                                .collect(Collectors.joining(" | ")))
                        .append(" |\n");
            }
        }
        return table.toString();
    }

    private static JsonNode read(String name) {
        try {
            return new ObjectMapper()
                    .readTree(DOCS.resolve("performance/" + name + ".json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> split(String text, String by) {
        return Stream.of(text.split(by, -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static boolean holds(String condition, JsonNode row) {
        List<String> parts = new ArrayList<>(Arrays.asList(condition.split("=", 2)));
        Object cell = cell(row, parts.get(0).strip());
        return split(parts.get(1), " or ").contains(Table.text(cell));
    }

    private static Object cell(JsonNode row, String column) {
        JsonNode cell = row.get(column);
        assertThat(cell).as("column " + column + " of " + row).isNotNull();
        if (cell.isNull()) {
            return "–";
        }
        if (cell.isIntegralNumber()) {
            return cell.longValue();
        }
        return cell.isNumber() ? cell.doubleValue() : cell.textValue();
    }
}
