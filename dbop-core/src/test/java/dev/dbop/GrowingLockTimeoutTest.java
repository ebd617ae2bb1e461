package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.WithNull;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule by which waits for a lock grow from attempt to attempt, and how a runner is given it. */
class GrowingLockTimeoutTest {
    private static final Timeouts FULL = new Timeouts(seconds(3), seconds(30));

    private final DbopRunner runner = DbopRunner.create();

    @Test
    void doublesFromEightMillisecondsAndLeavesTheLastTwoAttemptsInPeace() {
        assertThat(locks(TimeoutRule.growingLockTimeout(), 6))
                .containsExactly(millis(8), millis(16), millis(32), millis(64), null, null);
    }

    @Test
    void nothingIsCutShortWhereThereAreNoMoreAttemptsThanTheLastOnes() {
        assertThat(locks(TimeoutRule.growingLockTimeout(), 1)).containsOnlyNulls();
        assertThat(locks(TimeoutRule.growingLockTimeout(), 2)).containsOnlyNulls();
        assertThat(locks(TimeoutRule.growingLockTimeout(millis(8), 2, Integer.MAX_VALUE, Timeouts.none()), 9))
                .containsOnlyNulls();
    }

    @Test
    void growsByItsFactor() {
        assertThat(locks(TimeoutRule.growingLockTimeout(millis(10), 1.5, 1, FULL), 4))
                .containsExactly(millis(10), millis(15), Duration.ofNanos(22_500_000), seconds(3));
        assertThat(locks(TimeoutRule.growingLockTimeout(millis(10), 1, 1, FULL), 3))
                .containsExactly(millis(10), millis(10), seconds(3));
    }

    @Test
    void aWaitThatHasGrownPastEveryClockIsOneInFull() {
        TimeoutRule rule = TimeoutRule.growingLockTimeout(millis(8), 10, 2, Timeouts.none());

        assertThat(rule.forAttempt(500, Integer.MAX_VALUE)).isSameAs(Timeouts.none());
        assertThat(rule.forAttempt(Integer.MAX_VALUE, Integer.MAX_VALUE)).isSameAs(Timeouts.none());
    }

    @Property
    void isNeverAboveTheFullWaitNeverShrinksAndEndsInFull(
            @ForAll @LongRange(min = 1) long initial,
            @ForAll @DoubleRange(min = 1, max = 1e9) double factor,
            @ForAll @IntRange(min = 1, max = 20) int inFull,
            @ForAll @WithNull @LongRange(min = 1) @Nullable Long lock,
            @ForAll @IntRange(min = 1, max = 40) int attempts) {
        Timeouts full = new Timeouts(lock == null ? null : Duration.ofNanos(lock), seconds(30));
        TimeoutRule rule = TimeoutRule.growingLockTimeout(Duration.ofNanos(initial), factor, inFull, full);

        Duration before = Duration.ofNanos(1);
        for (int attempt = 1; attempt <= attempts; attempt++) {
            Timeouts timeouts = rule.forAttempt(attempt, attempts);
            Duration wait = timeouts.lock() == null ? Durations.LONGEST : timeouts.lock();

            assertThat(wait).isBetween(before, lock == null ? Durations.LONGEST : Duration.ofNanos(lock));
            assertThat(timeouts.statement()).isEqualTo(full.statement());
            if (attempt > attempts - inFull) {
                assertThat(timeouts).isSameAs(full);
            }
            before = wait;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 2, 2, initial lock timeout is PT0S: must be greater than zero; leave it unset for no limit",
        "PT-1S, 2, 2, initial lock timeout is PT-1S: must be greater than zero; leave it unset for no limit",
        "PT1S, 0.99, 2, factor is 0.99: must be 1 or more; 2 doubles the wait with each attempt",
        "PT1S, NaN, 2, factor is NaN: must be 1 or more; 2 doubles the wait with each attempt",
        "PT1S, Infinity, 2, factor is Infinity: must be 1 or more; 2 doubles the wait with each attempt",
        "PT1S, 2, 0, 'inFull is 0: must be 1 or more, so that no wait cut short costs the operation; 2 leaves the last"
                + " two attempts'"
    })
    void refusesWhatIsNoRule(Duration initial, double factor, int inFull, String message) {
        assertThatThrownBy(() -> TimeoutRule.growingLockTimeout(initial, factor, inFull, FULL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "P200000D"})
    void aRunnerRefusesWhatIsNoTimeout(Duration value) {
        assertThatThrownBy(() -> runner.initialLockTimeout(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("initial lock timeout is " + value + ": must be ");
    }

    @Test
    void aRunnersOtherTimeoutsAreTheOnesInFullWhateverTheOrder() {
        TimeoutRule expected = TimeoutRule.growingLockTimeout(millis(8), 2, 2, FULL);

        for (DbopRunner limited : List.of(
                runner.initialLockTimeout(millis(8)).lockTimeout(seconds(3)).statementTimeout(seconds(30)),
                runner.lockTimeout(seconds(3)).initialLockTimeout(millis(8)).statementTimeout(seconds(30)),
                runner.statementTimeout(seconds(30)).lockTimeout(seconds(3)).initialLockTimeout(millis(8)),
                runner.timeouts(FULL).initialLockTimeout(seconds(1)).initialLockTimeout(millis(8)))) {
            assertThat(ruleOf(limited)).isEqualTo(expected);
        }
        assertThat(ruleOf(runner.initialLockTimeout(millis(8)))).isEqualTo(TimeoutRule.growingLockTimeout());
    }

    @Test
    void aRunnerChangesOnlyWhatItIsToldOfARuleGivenWhole() {
        DbopRunner limited = runner.timeouts(TimeoutRule.growingLockTimeout(millis(10), 3, 1, Timeouts.none()))
                .lockTimeout(millis(50))
                .statementTimeout(seconds(9));

        assertThat(locks(ruleOf(limited), 4)).containsExactly(millis(10), millis(30), millis(50), millis(50));
        assertThat(ruleOf(limited).forAttempt(1, 4).statement()).isEqualTo(seconds(9));
        assertThat(locks(ruleOf(limited.initialLockTimeout(millis(5))), 4))
                .containsExactly(millis(5), millis(15), millis(45), millis(50));
    }

    @Test
    void whatAnotherRuleSaysIsWhatIsWaitedInFull() {
        TimeoutRule own = (attempt, attempts) -> Timeouts.none().withLock(millis(20L * attempt));

        assertThat(locks(ruleOf(runner.timeouts(own).initialLockTimeout(millis(8))), 4))
                .containsExactly(millis(8), millis(16), millis(60), millis(80));
    }

    @Test
    void newTimeoutsTakeTheRulesPlace() {
        assertThat(ruleOf(runner.initialLockTimeout(millis(8)).timeouts(FULL))).isEqualTo(TimeoutRule.fixed(FULL));
    }

    private static TimeoutRule ruleOf(DbopRunner runner) {
        return runner.settings().timeoutRule;
    }

    private static List<@Nullable Duration> locks(TimeoutRule rule, int attempts) {
        return IntStream.rangeClosed(1, attempts)
                .<@Nullable Duration>mapToObj(
                        attempt -> rule.forAttempt(attempt, attempts).lock())
                .toList();
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
