package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact delays; {@link BackoffPropertiesTest} holds for all others. */
class BackoffTest {
    private static final double ALMOST_ONE = Math.nextDown(1.0);

    private final RetryPolicy.Builder policy = RetryPolicy.builder();

    @Test
    void exponentialDelaysWithoutJitterAreExact() {
        policy.jitter(0);

        assertThat(delays(6, 0.7)).isEqualTo(millis(100, 200, 400, 800, 1000, 1000));
    }

    @Test
    void exponentialDelaysVaryByTheJitterAndStayBelowTheLongest() {
        policy.jitter(0.2);

        assertThat(delays(5, 0)).isEqualTo(millis(80, 160, 320, 640, 800));
        assertThat(delays(5, 0.5)).isEqualTo(millis(100, 200, 400, 800, 1000));
        assertThat(delays(5, 0.75)).isEqualTo(millis(110, 220, 440, 880, 1000));
    }

    @Test
    void fixedDelaysAreAllTheSame() {
        policy.backoff(Backoff.fixed()).jitter(0);

        assertThat(delays(4, 0.7)).isEqualTo(millis(100, 100, 100, 100));
    }

    @Test
    void fixedDelaysVaryByTheJitter() {
        policy.backoff(Backoff.fixed()).jitter(0.5);

        assertThat(delays(2, 0)).isEqualTo(millis(50, 50));
        assertThat(delays(2, 0.75)).isEqualTo(millis(125, 125));
    }

    @Test
    void fullJitterDrawsFromZeroToTheExponentialDelay() {
        policy.backoff(Backoff.fullJitter());

        assertThat(delays(5, 0)).isEqualTo(millis(0, 0, 0, 0, 0));
        assertThat(delays(5, 0.5)).isEqualTo(millis(50, 100, 200, 400, 500));
        assertThat(delays(1, ALMOST_ONE).get(0)).isBetween(Duration.ofMillis(99), Duration.ofMillis(100));
    }

    @Test
    void equalJitterDrawsFromTheUpperHalf() {
        policy.backoff(Backoff.equalJitter());

        assertThat(delays(5, 0)).isEqualTo(millis(50, 100, 200, 400, 500));
        assertThat(delays(5, 0.5)).isEqualTo(millis(75, 150, 300, 600, 750));
    }

    @Test
    void decorrelatedJitterDrawsUpToThreeTimesThePreviousDelay() {
        policy.backoff(Backoff.decorrelatedJitter());

        assertThat(delays(3, 0)).isEqualTo(millis(100, 100, 100));
        assertThat(delays(5, 0.5))
                .containsExactly(
                        Duration.ofMillis(200),
                        Duration.ofMillis(350),
                        Duration.ofMillis(575),
                        Duration.ofMillis(912).plusNanos(500_000),
                        Duration.ofSeconds(1));
    }

    @Test
    void aBackoffOfOnesOwnIsCappedAndNeverNegative() {
        policy.backoff(step -> Duration.ofMillis(step.retry() * 600L - 600));
        assertThat(delays(4, 0)).isEqualTo(millis(0, 600, 1000, 1000));

        policy.backoff(step -> Duration.ofDays(-1));
        assertThat(delays(2, 0)).isEqualTo(millis(0, 0));
    }

    @Test
    void aBackoffOfOnesOwnLearnsEverythingThereIs() {
        List<Backoff.Step> steps = new ArrayList<>();
        policy.jitter(0.3).backoff(step -> {
            steps.add(step);
            return Duration.ofMillis(7);
        });

        List<Duration> unused = delays(2, 0.25);

        assertThat(unused).hasSize(2);
        Duration initial = Duration.ofMillis(100);
        Duration max = Duration.ofSeconds(1);
        assertThat(steps)
                .containsExactly(
                        new Backoff.Step(1, initial, max, 0.3, initial, 0.25),
                        new Backoff.Step(2, initial, max, 0.3, Duration.ofMillis(7), 0.25));
    }

    @ParameterizedTest
    @CsvSource({"0, retry is 0: must be 1 or more", "-7, retry is -7: must be 1 or more"})
    void aStepRefusesARetryThatIsNone(int retry, String message) {
        assertThatThrownBy(() -> step(retry, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN, Double.POSITIVE_INFINITY})
    void aStepRefusesARandomNumberOutsideItsBounds(double random) {
        assertThatThrownBy(() -> step(1, random))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("random is " + random + ": must be at least 0 and below 1");
    }

    @Test
    void aShippedBackoffIsCalledByTheNameItHasInConfiguration() {
        assertThat(List.of(
                        Backoff.exponential(),
                        Backoff.fixed(),
                        Backoff.fullJitter(),
                        Backoff.equalJitter(),
                        Backoff.decorrelatedJitter()))
                .extracting(Backoff::toString)
                .containsExactly("exponential", "fixed", "full-jitter", "equal-jitter", "decorrelated-jitter");
    }

    private static Backoff.Step step(int retry, double random) {
        Duration delay = Duration.ofMillis(100);
        return new Backoff.Step(retry, delay, delay, 0, delay, random);
    }

    /** The delays before the first retries, each with the same random number. */
    private List<Duration> delays(int retries, double random) {
        RetryPolicy built = policy.build();
        List<Duration> delays = new ArrayList<>();
        Duration previous = built.initialDelay();
        for (int retry = 1; retry <= retries; retry++) {
            previous = built.delayBefore(retry, previous, random);
            delays.add(previous);
        }
        return delays;
    }

    private static List<Duration> millis(long... millis) {
        return LongStream.of(millis).mapToObj(Duration::ofMillis).toList();
    }
}
