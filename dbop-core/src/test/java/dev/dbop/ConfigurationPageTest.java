package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference of the settings says what the code does. */
class ConfigurationPageTest {
    /** Tests run in their module's directory, one below the root. */
    private static final Path PAGE =
            Path.of("").toAbsolutePath().resolveSibling("docs").resolve("reference/configuration.md");

    private static final String LONGEST = Durations.LONGEST.toString();
    private static final String TOO_LONG = Durations.LONGEST.plusNanos(1).toString();

    @Test
    void thePageInTheDocumentationIsUpToDate() throws IOException {
        String page = ConfigurationPage.render();
        if (Boolean.getBoolean("dbop.docs.update")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("stale; run the tests of dbop-core with -Ddbop.docs.update=true")
                .exists()
                .hasContent(page);
    }

    @Test
    void everyDefaultOnThePageIsWhatIsUsedWhenNothingIsSet() {
        Set<Settings.Key> withoutDefault = EnumSet.of(
                Settings.Key.MAX_DURATION,
                Settings.Key.ATTEMPT_TIMEOUT,
                Settings.Key.INITIAL_LOCK_TIMEOUT,
                Settings.Key.LOCK_TIMEOUT,
                Settings.Key.STATEMENT_TIMEOUT);
        Map<String, String> defaults = new HashMap<>();
        for (Settings.Key key : EnumSet.complementOf(EnumSet.copyOf(withoutDefault))) {
            defaults.put(key.property(), key.ifUnset());
        }

        assertThat(RetryPolicy.fromProperties(defaults))
                .hasToString(RetryPolicy.defaults().toString());
        assertThat(RetryPolicy.defaults().maxDuration()).isNull();
        assertThat(RetryPolicy.defaults().attemptTimeout()).isNull();
        assertThat(Settings.of(Map.of()).timeouts()).isEqualTo(Timeouts.none());
        assertThat(withoutDefault).extracting(Settings.Key::ifUnset).containsOnly("none", "the session's own");
    }

    @ParameterizedTest
    @EnumSource(Settings.Key.class)
    void everyValueUpToItsBoundsIsTakenAndNoneBeyond(Settings.Key key) {
        for (String taken : taken(key.form())) {
            assertThat(DbopRunner.fromProperties(only(key, taken))).isNotNull();
        }
        for (String refused : refused(key.form())) {
            assertThatThrownBy(() -> DbopRunner.fromProperties(only(key, refused)))
                    .as("%s=%s", key.property(), refused)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(": must ");
        }
    }

    /** The two delays bound each other: they go together. */
    private static Map<String, String> only(Settings.Key key, String value) {
        return key.form() == Settings.Form.DELAY
                ? Map.of(
                        Settings.Key.INITIAL_DELAY.property(), value,
                        Settings.Key.MAX_DELAY.property(), value)
                : Map.of(key.property(), value);
    }

    /** The ends of the bounds on the page. */
    private static List<String> taken(Settings.Form form) {
        return switch (form) {
            case COUNT, PART -> List.of(form.bounds().split(" to "));
            case BACKOFF -> List.of(form.bounds().split(", "));
            case DELAY -> List.of("0ms", LONGEST);
            case LIMIT -> List.of("PT0.000000001S", LONGEST);
        };
    }

    /** What lies just beyond. */
    private static List<String> refused(Settings.Form form) {
        return switch (form) {
            case COUNT -> List.of("-1", "2147483648");
            case PART -> List.of("-0.001", "1.001");
            case BACKOFF -> List.of("linear");
            case DELAY -> List.of("PT-0.000000001S", TOO_LONG);
            case LIMIT -> List.of("0ms", "PT-0.000000001S", TOO_LONG);
        };
    }

    @Test
    void noCellBreaksTheTable() {
        assertThat(ConfigurationPage.render().lines().filter(line -> line.startsWith("|")))
                .hasSize(Settings.Key.values().length + 2)
                .allSatisfy(line ->
                        assertThat(line.chars().filter(c -> c == '|').count()).isEqualTo(7));
    }
}
