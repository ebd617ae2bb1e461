package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy and timeouts from a map, properties and the environment. */
class SettingsTest {
    private static final Map<String, String> EVERYTHING = Map.of(
            "dbop.max-retries", "8",
            "dbop.initial-delay", "50ms",
            "dbop.max-delay", "2s",
            "dbop.jitter", "0.5",
            "dbop.backoff", "full-jitter",
            "dbop.max-duration", "1m",
            "dbop.attempt-timeout", "PT10S",
            "dbop.initial-lock-timeout", "8ms",
            "dbop.lock-timeout", "3s",
            "dbop.statement-timeout", "1h");

    @Test
    void aMapMayHoldEverySetting() {
        assertEverythingIsRead(Settings.of(EVERYTHING));
    }

    @Test
    void propertiesMayHoldEverySettingTheirDefaultsIncluded() {
        Properties defaults = new Properties();
        EVERYTHING.forEach(defaults::setProperty);
        defaults.setProperty("dbop.max-retries", "3");
        Properties properties = new Properties(defaults);
        properties.setProperty("dbop.max-retries", "8");

        assertEverythingIsRead(Settings.of(properties));
    }

    @Test
    void theEnvironmentMayHoldEverySettingInCapitals() {
        Map<String, String> environment = new HashMap<>();
        EVERYTHING.forEach((name, value) -> environment.put(
                name.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        environment.put("DBOP_TEST_REQUIRE_ALL", "true");
        environment.put("PATH", "/bin");

        assertEverythingIsRead(Settings.ofEnvironment(environment));
    }

    private static void assertEverythingIsRead(Settings settings) {
        assertThat(settings.policy())
                .hasToString("RetryPolicy[maxRetries=8, initialDelay=PT0.05S, maxDelay=PT2S, jitter=0.5,"
                        + " backoff=full-jitter, maxDuration=PT1M, attemptTimeout=PT10S, budget=null]");
        Timeouts full = new Timeouts(Duration.ofSeconds(3), Duration.ofHours(1));
        assertThat(settings.timeouts()).isEqualTo(full);
        assertThat(settings.timeoutRule()).isEqualTo(TimeoutRule.growingLockTimeout(Duration.ofMillis(8), 2, 2, full));
    }

    @Test
    void whatIsNotNamedKeepsItsDefault() {
        assertThat(RetryPolicy.fromProperties(Map.of()))
                .hasToString(RetryPolicy.defaults().toString());
        assertThat(Settings.of(Map.of()).timeouts()).isEqualTo(Timeouts.none());
        assertThat(Settings.of(Map.of()).timeoutRule()).isEqualTo(TimeoutRule.fixed(Timeouts.none()));
        assertThat(RetryPolicy.fromProperties(Map.of("dbop.max-retries", "1")).maxDelay())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void otherPeoplesKeysAreIgnored() {
        assertThat(RetryPolicy.fromProperties(Map.of("dbopx", "1", "db.max-retries", "1", "DBOP_MAX_RETRIES", "1")))
                .hasToString(RetryPolicy.defaults().toString());
    }

    @Test
    void aRunnerTakesPolicyAndTimeouts() throws Exception {
        Properties properties = new Properties();
        EVERYTHING.forEach(properties::setProperty);

        for (DbopRunner runner :
                new DbopRunner[] {DbopRunner.fromProperties(EVERYTHING), DbopRunner.fromProperties(properties)}) {
            RecordingScope scope = new RecordingScope(new VirtualTime());
            runner.listeners().call(scope.blocking(), attempt -> "done");

            AttemptContext context = scope.contexts().get(0);
            assertThat(context.timeouts(Reach.CONNECTION).lock()).isEqualTo(Duration.ofMillis(8));
            Timeouts timeouts = context.timeouts();
            assertThat(timeouts.lock()).isEqualTo(Duration.ofSeconds(3));
            assertThat(timeouts.statement()).isLessThanOrEqualTo(Duration.ofSeconds(10));
            assertThat(runner.toString()).contains("maxRetries=8");
        }
        assertThat(RetryPolicy.fromProperties(properties).maxRetries()).isEqualTo(8);
    }

    @Test
    void thisProcesssEnvironmentIsRead() {
        assumeTrue(
                System.getenv().keySet().stream()
                        .noneMatch(name -> name.startsWith("DBOP_") && !name.startsWith("DBOP_TEST_")),
                "the environment configures dbop");

        assertThat(RetryPolicy.fromEnvironment())
                .hasToString(RetryPolicy.defaults().toString());
        assertThat(DbopRunner.fromEnvironment()).hasToString(DbopRunner.create().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S",
        "5s, PT5S",
        "2m, PT2M",
        "1h, PT1H",
        "0ms, PT0S",
        "PT0.25S, PT0.25S",
        "pt2m, PT2M",
        "'  7s ', PT7S"
    })
    void durationsAreWrittenShortOrInIso8601(String text, Duration expected) {
        Map<String, String> settings = Map.of("dbop.initial-delay", text, "dbop.max-delay", "10h");

        assertThat(RetryPolicy.fromProperties(settings).initialDelay()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Backoffs.class)
    void everyShippedBackoffHasAName(Backoffs backoff) {
        assertThat(RetryPolicy.fromProperties(Map.of("dbop.backoff", backoff.toString()))
                        .backoff())
                .isSameAs(backoff);
    }

    @Test
    void anUnknownKeyIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> RetryPolicy.fromProperties(Map.of("dbop.max-retires", "5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown setting dbop.max-retires: must be one of dbop.max-retries, dbop.initial-delay,"
                        + " dbop.max-delay, dbop.jitter, dbop.backoff, dbop.max-duration, dbop.attempt-timeout,"
                        + " dbop.initial-lock-timeout, dbop.lock-timeout, dbop.statement-timeout");
    }

    @Test
    void anUnknownVariableIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Settings.ofEnvironment(Map.of("DBOP_RETRIES", "5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown setting DBOP_RETRIES: must be one of DBOP_MAX_RETRIES, DBOP_INITIAL_DELAY,"
                        + " DBOP_MAX_DELAY, DBOP_JITTER, DBOP_BACKOFF, DBOP_MAX_DURATION, DBOP_ATTEMPT_TIMEOUT,"
                        + " DBOP_INITIAL_LOCK_TIMEOUT, DBOP_LOCK_TIMEOUT, DBOP_STATEMENT_TIMEOUT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "five", "5.0", "99999999999", "0x5"})
    void aNumberThatCannotBeReadIsRefused(String text) {
        assertThatThrownBy(() -> RetryPolicy.fromProperties(Map.of("dbop.max-retries", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dbop.max-retries is \"" + text + "\": must be a whole number, such as 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "5S", "1d", "-5s", "soon", "999999999999999999h", "9999999999999999999s"})
    void aDurationThatCannotBeReadIsRefused(String text) {
        assertThatThrownBy(() -> Settings.ofEnvironment(Map.of("DBOP_LOCK_TIMEOUT", text))
                        .timeouts())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("DBOP_LOCK_TIMEOUT is \"" + text
                        + "\": must be a duration, such as 250ms, 5s, 2m, 1h or PT0.25S");
    }

    @Test
    void aBackoffThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> RetryPolicy.fromProperties(Map.of("dbop.backoff", "EXPONENTIAL")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dbop.backoff is \"EXPONENTIAL\": must be one of exponential, fixed, full-jitter,"
                        + " equal-jitter, decorrelated-jitter");
    }

    @Test
    void aPartThatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> RetryPolicy.fromProperties(Map.of("dbop.jitter", "20%")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dbop.jitter is \"20%\": must be a number from 0 to 1, such as 0.2");
    }

    @ParameterizedTest
    @CsvSource({
        "dbop.max-retries, -1, maxRetries is -1",
        "dbop.jitter, NaN, jitter is NaN",
        "dbop.jitter, 1.5, jitter is 1.5",
        "dbop.max-duration, 0s, maxDuration is PT0S",
        "dbop.attempt-timeout, PT-1S, attemptTimeout is PT-1S",
        "dbop.initial-delay, PT-1S, initialDelay is PT-1S",
        "dbop.initial-lock-timeout, 0ms, initial lock timeout is PT0S",
        "dbop.lock-timeout, 0ms, lock timeout is PT0S",
        "dbop.statement-timeout, 9999999h, statement timeout is PT9999999H"
    })
    void aValueOutsideItsBoundsIsRefusedUnderTheNameOfItsSetting(String name, String text, String refusal) {
        assertThatThrownBy(() -> DbopRunner.fromProperties(Map.of(name, text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + ": " + refusal + ": must ");
    }

    @Test
    void valuesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> RetryPolicy.fromProperties(Map.of("dbop.initial-delay", "2s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxDelay is PT1S: must not be below initialDelay, PT2S");
    }
}
