package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeoutsTest {
    private final VirtualTime time = new VirtualTime();

    @Test
    void leaveTheSessionsOwnUnlessSet() {
        assertThat(Timeouts.none()).isEqualTo(new Timeouts(null, null)).matches(Timeouts::isNone);
        assertThat(Timeouts.none().withLock(seconds(1))).isEqualTo(new Timeouts(seconds(1), null));
        assertThat(Timeouts.none().withStatement(seconds(2))).isEqualTo(new Timeouts(null, seconds(2)));
        assertThat(Timeouts.none().withStatement(seconds(2)).isNone()).isFalse();
        assertThat(Timeouts.none().withLock(seconds(2)).isNone()).isFalse();
        assertThat(new Timeouts(seconds(1), seconds(2)).withLock(seconds(3)))
                .isEqualTo(new Timeouts(seconds(3), seconds(2)));
        assertThat(new Timeouts(seconds(1), seconds(2)).withStatement(seconds(3)))
                .isEqualTo(new Timeouts(seconds(1), seconds(3)));
    }

    @Test
    void withoutADeadlineStayAsTheyAre() {
        Timeouts timeouts = new Timeouts(seconds(1), null);

        assertThat(timeouts.within(Deadline.none())).isSameAs(timeouts);
    }

    @Test
    void areClampedToTheTimeLeft() {
        Deadline deadline = Deadline.after(seconds(5), time);

        assertThat(new Timeouts(seconds(9), seconds(4)).within(deadline))
                .isEqualTo(new Timeouts(seconds(5), seconds(4)));
        assertThat(new Timeouts(seconds(3), seconds(9)).within(deadline))
                .isEqualTo(new Timeouts(seconds(3), seconds(5)));
    }

    @Test
    void boundEveryWaitAndEveryStatementUnderADeadline() {
        assertThat(Timeouts.none().within(Deadline.after(seconds(5), time)))
                .isEqualTo(new Timeouts(seconds(5), seconds(5)));
    }

    @Test
    void areNeverClampedToZeroWhichWouldSwitchThemOff() {
        Duration least = Duration.ofMillis(1);

        for (Duration left :
                new Duration[] {seconds(-1), Duration.ZERO, Duration.ofNanos(1), Duration.ofNanos(999_999)}) {
            assertThat(new Timeouts(seconds(1), seconds(1)).within(Deadline.after(left, time)))
                    .isEqualTo(new Timeouts(least, least));
        }
    }

    @Property
    void areNeverLengthenedAndNeverZero(
            @ForAll @LongRange(min = 1) long lock,
            @ForAll @LongRange(min = 1) long statement,
            @ForAll @LongRange(min = -1) long left) {
        Timeouts timeouts = new Timeouts(Duration.ofNanos(lock), Duration.ofNanos(statement));

        Timeouts clamped = timeouts.within(Deadline.after(Duration.ofNanos(left), time));

        assertThat(clamped.lock()).isBetween(Duration.ofNanos(1), timeouts.lock());
        assertThat(clamped.statement()).isBetween(Duration.ofNanos(1), timeouts.statement());
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, must be greater than zero; leave it unset for no limit",
        "PT-1S, must be greater than zero; leave it unset for no limit",
        "P200000D, must be at most PT2562047H47M16.854775807S (292 years); choose a shorter one"
    })
    void refuseWhatIsNoTimeout(Duration value, String rule) {
        assertThatThrownBy(() -> Timeouts.none().withLock(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lock timeout is " + value + ": " + rule);
        assertThatThrownBy(() -> Timeouts.none().withStatement(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("statement timeout is " + value + ": " + rule);
        assertThatThrownBy(() -> DbopRunner.create().lockTimeout(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lock timeout is " + value);
        assertThatThrownBy(() -> DbopRunner.create().statementTimeout(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("statement timeout is " + value);
    }

    @Test
    void aFixedRuleGivesEveryAttemptTheSame() {
        Timeouts timeouts = new Timeouts(seconds(1), seconds(2));
        TimeoutRule rule = TimeoutRule.fixed(timeouts);

        assertThat(rule.forAttempt(1, 1)).isSameAs(timeouts).isSameAs(rule.forAttempt(99, 100));
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
