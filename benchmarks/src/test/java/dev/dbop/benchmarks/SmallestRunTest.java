package dev.dbop.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.benchmarks.contention.Contention;
import dev.dbop.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every group works, in its smallest form: what it would measure this way is worth nothing. */
@Tag("one-jdk")
class SmallestRunTest {
    @TempDir
    private Path folder = Path.of("");

    private List<Map<String, Object>> rows(String group, String... arguments) throws Exception {
        Report report = Benchmarks.run(group, List.of(arguments));
        for (Path file : report.write(folder)) {
            assertThat(Files.readString(file)).contains(file.toString().endsWith(".svg") ? "<svg" : "\"rows\"");
        }
        return List.copyOf(report.table().rows());
    }

    private static Object of(List<Map<String, Object>> rows, String column, String contender, String value) {
        return rows.stream()
                .filter(row -> contender.equals(row.get(column)))
                .map(row -> row.get(value))
                .findFirst()
                .orElseThrow();
    }

    private static double number(Map<String, Object> row, String column) {
        return row.get(column) instanceof Double number ? number : Double.NaN;
    }

    @Test
    void overheadMeasuresEveryContender() throws Exception {
        List<Map<String, Object>> rows =
                rows("overhead", "forks=0", "warmups=0", "iterations=1", "time=10ms", "scenarios=happy,tx,async");

        assertThat(rows).hasSizeGreaterThan(20).allMatch(row -> row.get("ns") instanceof Double);
    }

    @Test
    void turnsAreTheBudgetsOnes() throws Exception {
        List<Map<String, Object>> rows =
                rows("turns", "databases=postgresql", "cases=b", "times=3", "clients=hand,dbop,spring,vertx");

        assertThat(of(rows, "client", "hand", "turns")).isEqualTo(5);
        assertThat(of(rows, "client", "dbop", "turns")).isEqualTo(3);
        assertThat(of(rows, "client", "dbop", "limits after")).isEqualTo("restored");
    }

    @Test
    void contentionConservesMoney() throws Exception {
        List<Map<String, Object>> rows = rows(
                "contention",
                "set=peers",
                "workloads=mild",
                "contenders=hand,dbop,jdbi",
                "rules=none,grow:8ms:2:1",
                "time=2s",
                "workers=4");

        assertThat(rows).hasSize(4).allMatch(row -> number(row, "commits/s") > 0);
    }

    @Test
    void theSickDatabaseRecovers() throws Exception {
        List<Map<String, Object>> rows = rows(
                "sick",
                "contenders=hand,dbop_budget_0.1",
                "healthy=0.5s",
                "sick=6s",
                "after=1s",
                "rate=100",
                "work=1ms");

        assertThat((Double) of(rows, "contender", "hand", "requests/call")).isGreaterThan(1.2);
    }

    @Test
    void noTimerOutlivesItsCall() throws Exception {
        List<Map<String, Object>> rows = rows("scale", "calls=100", "total=100", "contenders=hand,dbop,dbop+limit");

        assertThat(rows)
                .filteredOn(row -> String.valueOf(row.get("contender")).startsWith("dbop"))
                .filteredOn(row -> row.get("timers after") != null)
                .isNotEmpty()
                .allMatch(row -> Objects.equals(row.get("timers after"), 0));
    }

    @Test
    void twoPhaseMeasuresEveryContender() throws Exception {
        List<Map<String, Object>> rows =
                rows("twophase", "groups=postgresql+postgresql", "warmups=0", "calls=20", "delayed=20");

        assertThat(rows).hasSize(10).allMatch(row -> number(row, "turns") >= 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense=1", "time"})
    void whatCannotBeMeantIsRefused(String argument) {
        assertThatThrownBy(() -> Benchmarks.run("contention", List.of(argument)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"peers", "detector", "rules", "paces", "levels", "innodb", "innodb-rules"})
    void everySetFitsIntoEightMinutes(String set) {
        assertThat(Contention.needed(set)).isLessThan(Duration.ofMinutes(8));
    }

    @Test
    void anUnknownGroupIsRefused() throws IOException {
        assertThatThrownBy(() -> Benchmarks.run("nonsense", List.of())).hasMessageContaining("overhead");
    }
}
