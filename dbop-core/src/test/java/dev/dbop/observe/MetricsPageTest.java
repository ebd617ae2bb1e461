package dev.dbop.observe;

import static dev.dbop.observe.ScriptedScope.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.RetryBudget;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages on metrics, traces and events, and the dashboard, name what the code has: nothing more, nothing less. */
class MetricsPageTest {
    /** Tests run in their module's directory, one below the root. */
    private static final Path DOCS = Path.of("").toAbsolutePath().resolveSibling("docs");

    /** Of Prometheus, but not on the dashboard: how often was waited is what the retries tell. */
    private static final Set<String> NOT_DRAWN = Set.of("dbop_backoff_seconds_count", "dbop_backoff_seconds_max");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void thePageListsEveryMeterWithItsTags() throws Exception {
        makeEveryMeter();
        String page = Files.readString(DOCS.resolve("reference/metrics.md"));

        Set<String> listed = found(page, "\\| `(dbop\\.[a-z.]+)` \\| (?:timer|counter|gauge) \\|");
        assertThat(listed).isEqualTo(meters());
        for (Meter meter : registry.getMeters()) {
            String line = page.lines()
                    .filter(row -> row.startsWith("| `" + meter.getId().getName() + "`"))
                    .findFirst()
                    .orElseThrow();
            assertThat(found(line.split("\\|", -1)[3], "`([a-z]+)`"))
                    .as(line)
                    .isEqualTo(meter.getId().getTags().stream()
                            .map(tag -> tag.getKey())
                            .collect(Collectors.toSet()));
        }
    }

    @Test
    void thePageListsEveryAttribute() throws Exception {
        String page = Files.readString(DOCS.resolve("reference/metrics.md"));

        Set<String> attributes = new TreeSet<>();
        for (Field field : CallSpans.class.getDeclaredFields()) {
            if (field.getType() == AttributeKey.class) {
                field.setAccessible(true);
                attributes.add(((AttributeKey<?>) field.get(null)).getKey());
            }
        }
        assertThat(found(page, "\\| `([a-z._]+)` \\| (?:string|long|double) \\|"))
                .isEqualTo(attributes);
    }

    @Test
    void thePageListsEveryValueOfATag() throws Exception {
        String page = Files.readString(DOCS.resolve("reference/metrics.md"));

        Stream.of(GiveUpReason.values(), Verdict.values(), CommitStatus.values(), Database.values())
                .flatMap(Arrays::stream)
                .forEach(value -> assertThat(page).contains("`" + Words.of((Enum<?>) value) + "`"));
    }

    @Test
    void thePageOnEventsListsEveryEventAndItsFields() throws Exception {
        String page = Files.readString(DOCS.resolve("reference/events.md"));

        List<Class<?>> events = Stream.of(RunEvent.class.getDeclaredClasses())
                .filter(Class::isRecord)
                .toList();
        assertThat(found(page, "## `([A-Za-z]+)`"))
                .isEqualTo(events.stream().map(Class::getSimpleName).collect(Collectors.toSet()));
        for (Class<?> event : events) {
            String section = page.substring(page.indexOf("## `" + event.getSimpleName() + "`"));
            int end = section.indexOf("\n## ", 1);
            String own = end < 0 ? section : section.substring(0, end);
            Stream.of(event.getRecordComponents())
                    .map(component -> component.getName())
                    .filter(name -> !Set.of("call", "database", "attempt").contains(name))
                    .forEach(name -> assertThat(own).contains("| `" + name + "` |"));
        }
    }

    @Test
    void theDashboardAsksForMetricsThatAreThereAndForAllThatMatter() throws Exception {
        makeEveryMeter();
        Set<String> exposed = found(registry.scrape(), "(?m)^(dbop_[a-z_]+)\\{");

        Set<String> asked =
                found(Files.readString(DOCS.resolve("dashboards/dbop.json")), "(dbop_[a-z_]+)(?=[{\"\\[,\\\\])");

        Set<String> expected = new TreeSet<>(exposed);
        expected.removeAll(NOT_DRAWN);
        assertThat(asked).isEqualTo(expected);
    }

    private void makeEveryMeter() throws Exception {
        ScriptedScope scope = ScriptedScope.on(Database.POSTGRESQL)
                .commitsFail(new Fault(Verdict.OUTCOME_UNKNOWN))
                .probesSay(CommitStatus.ABORTED);
        DbopRunner runner = DbopRunner.create().sleeper(delay -> {}).listeners(MicrometerListener.of(registry));
        runner.call(scope, failing(new Fault(Verdict.RETRY_SAVEPOINT)));
        RetryBudgetMetrics.of(RetryBudget.of(1, 1), "orders").bindTo(registry);
        InDoubtMetrics.of("orders").bindTo(registry);
    }

    private Set<String> meters() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toSet());
    }

    private static Set<String> found(String text, String pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
