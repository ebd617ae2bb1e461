package dev.dbop.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

@Tag("one-jdk")
class DemoTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void dbopAndTheCarefulLoopLoseNothingAndDoubleNothing(String database) throws Exception {
        Path report = folder.resolve("new/report.html");

        int status = run("--db", database, "--seconds", "2", "--workers", "8", "--report", report.toString());

        assertThat(status).as(out.toString(UTF_8) + err.toString(UTF_8)).isZero();
        assertThat(ofDbop("done once, as told")).isPositive();
        assertThat(ofCarefulLoop("done once, as told")).isPositive();
        for (String wrong : List.of(
                "told failed, yet done",
                "LOST: half there, or missing",
                "DOUBLED: moved more than once",
                "accounts out of balance")) {
            assertThat(ofDbop(wrong)).as(wrong).isZero();
            assertThat(ofCarefulLoop(wrong)).as(wrong).isZero();
        }
        Document html =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
        assertThat(html.getElementsByTagName("svg").getLength()).isGreaterThan(6);
        assertThat(html.getElementsByTagName("th").getLength()).isGreaterThan(20);
        assertThat(html.getDocumentElement().getTextContent())
                .doesNotContainPattern("\\{[a-z]+}")
                .doesNotContain("jdbc:");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void commitsWithoutAnAnswerAreUnknownToTheCarefulLoopAndFoundOutByDbop() {
        // Of the seconds a stalled machine loses some, and a COMMIT is cut only every 0.4.
        run("--db", "postgresql", "--seconds", "5", "--workers", "8", "--report", folder + "/report.html");

        long unknown = ofCarefulLoop("told \"unknown\", and done") + ofCarefulLoop("told \"unknown\", and undone");
        assertThat(unknown).isPositive();
        assertThat(ofCarefulLoop("retries after OUTCOME_UNKNOWN")).isZero();
        assertThat(ofDbop("outcomes unknown, resolved")).isPositive();
        assertThat(ofDbop("told \"unknown\", and done") + ofDbop("told \"unknown\", and undone"))
                .isZero();
        assertThat(out.toString(UTF_8)).contains(unknown + " times \"unknown\"", "dbop left 0");
    }

    @Test
    void aWrongFlagIsAnErrorThatNamesValueRuleAndRemedy() {
        assertThat(run("--workers", "1")).isEqualTo(2);
        assertThat(run("--db", "oracle")).isEqualTo(2);
        assertThat(run("--seconds", "soon")).isEqualTo(2);
        assertThat(run("--sede", "1")).isEqualTo(2);
        assertThat(run("--db", "mysql", "--url", "jdbc:postgresql://localhost:1/x?user=a"))
                .isEqualTo(2);

        assertThat(err.toString(UTF_8).lines())
                .hasSize(5)
                .allMatch(line -> line.startsWith("demo: ") && line.endsWith(" (see --help)"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("--workers is 1: must be from 2 to 64"),
                        line -> assertThat(line).contains("--db", "'oracle' must be one of postgresql, mariadb"),
                        line -> assertThat(line).contains("--seconds", "'soon' is not an int"),
                        line -> assertThat(line).contains("--sede", "--seed"),
                        line -> assertThat(line).contains("--db is MySQL and --url begins with 'jdbc:postgresql:'"));
    }

    @Test
    void aWrongUrlIsAnErrorWithoutItsPassword() {
        assertThat(run("--url", "jdbc:oracle:thin:scott/tiger@host")).isEqualTo(2);
        assertThat(run("--url", "jdbc:mysql://localhost/x?user=scott&password=tiger"))
                .isEqualTo(2);
        assertThat(run("--url", "jdbc:mariadb://localhost:1/x?user=scott&password=ti ger"))
                .isEqualTo(2);

        assertThat(err.toString(UTF_8))
                .contains("--url begins with 'jdbc:oracle:'", "--url cannot be read", "host:port")
                .doesNotContain("tiger", "ti ger");
    }

    @Test
    void helpNamesEveryFlag() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString(UTF_8)).contains("--db", "--url", "--workers", "--seconds", "--seed", "--report");
    }

    private int run(String... arguments) {
        return Demo.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), arguments);
    }

    private long ofDbop(String row) {
        return cell(row, 3);
    }

    private long ofCarefulLoop(String row) {
        return cell(row, 2);
    }

    /** One column of a row of the table. */
    private long cell(String row, int column) {
        List<String> cells = out.toString(UTF_8)
                .lines()
                .filter(line -> line.startsWith(row + "  "))
                .flatMap(line ->
                        Arrays.stream(line.substring(row.length()).trim().split(" +")))
                .toList();
        assertThat(cells).as(row).hasSize(4);
        return Long.parseLong(cells.get(column).replace(",", "").replace("!", ""));
    }
}
