package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** How the engines wait between attempts. */
class WaitingTest extends EveryEngine {
    private static final Operation<Integer, String, Exception> ALWAYS_FAILING = attempt -> {
        throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
    };

    @Test
    void waitsExactlyAsTheBackoffSays() {
        failureOf(with(RetryPolicy.builder().maxRetries(6)), ALWAYS_FAILING);

        assertThat(waits())
                .containsExactly(millis(100), millis(200), millis(400), millis(800), millis(1000), millis(1000));
    }

    @Test
    void makesOneAttemptMoreThanRetries() {
        failureOf(ALWAYS_FAILING);
        assertThat(scope.opened()).isEqualTo(1 + RetryPolicy.DEFAULT_MAX_RETRIES);

        failureOf(runner.policy(RetryPolicy.noRetries()), ALWAYS_FAILING);
        assertThat(scope.opened()).isEqualTo(2 + RetryPolicy.DEFAULT_MAX_RETRIES);
    }

    @Test
    void drawsANewRandomNumberForEveryDelay() {
        Queue<Double> draws = new ArrayDeque<>(List.of(0.0, 0.5, 0.75, 0.1));
        DbopRunner varied = runner.policy(
                        RetryPolicy.builder().maxRetries(3).jitter(0.2).build())
                .random(draws::remove);

        failureOf(varied, ALWAYS_FAILING);

        assertThat(waits()).containsExactly(millis(80), millis(200), millis(440));
    }

    @Test
    void tellsADecorrelatedBackoffTheDelayBefore() {
        failureOf(with(RetryPolicy.builder().maxRetries(3).backoff(Backoff.decorrelatedJitter())), ALWAYS_FAILING);

        assertThat(waits()).containsExactly(millis(200), millis(350), millis(575));
    }

    @Test
    void doesNotSleepADelayOfZero() {
        failureOf(with(RetryPolicy.builder().maxRetries(3).initialDelay(Duration.ZERO)), ALWAYS_FAILING);

        assertThat(scope.opened()).isEqualTo(4);
        assertThat(time.elapsed()).isZero();
        assertThat(time.sleeps()).isEmpty();
    }

    private List<Duration> waits() {
        List<Duration> waits = new ArrayList<>();
        for (int i = 1; i < scope.openedAt().size(); i++) {
            waits.add(scope.openedAt().get(i).minus(scope.openedAt().get(i - 1)));
        }
        return waits;
    }
}
