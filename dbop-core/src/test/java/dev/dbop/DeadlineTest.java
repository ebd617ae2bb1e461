package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final VirtualTime time = new VirtualTime();

    @Test
    void comesWhenItsTimeHasPassedAcrossTheOverflowOfTheCounter() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(3), time);

        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(3));
        time.pass(Duration.ofSeconds(2));
        assertThat(time.nanoTime()).as("the counter has overflowed").isNegative();
        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(1));
        time.pass(Duration.ofSeconds(1).minusNanos(1));
        assertThat(deadline.hasPassed()).isFalse();
        time.pass(Duration.ofNanos(1));
        assertThat(deadline.hasPassed()).isTrue();
        time.pass(Duration.ofDays(1));
        assertThat(deadline.remaining()).isZero();
        assertThat(deadline.hasPassed()).isTrue();
    }

    @Test
    void noneNeverComes() {
        assertThat(Deadline.none().isNone()).isTrue();
        assertThat(Deadline.none().hasPassed()).isFalse();
        assertThat(Deadline.none().remaining()).isGreaterThan(Duration.ofDays(100_000));
        assertThat(Deadline.none()).hasToString("none");
    }

    @Test
    void ofNoDurationHasPassedAlready() {
        assertThat(Deadline.after(Duration.ZERO, time).hasPassed()).isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(-5), time).hasPassed()).isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(-5), time).remaining()).isZero();
        assertThat(Deadline.after(Duration.ZERO, time).isNone()).isFalse();
    }

    @Test
    void ofTheLongestDurationDoesNotOverflow() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), time);

        time.pass(Duration.ofDays(10_000));

        assertThat(deadline.hasPassed()).isFalse();
        assertThat(deadline.remaining()).isGreaterThan(Duration.ofDays(10_000));
        assertThat(deadline.isNone()).isFalse();
    }

    @Test
    void theEarlierOfTwoIsTheOneThatComesFirst() {
        Deadline soon = Deadline.after(Duration.ofSeconds(2), time);
        Deadline late = Deadline.after(Duration.ofSeconds(3), time);

        assertThat(soon.earlier(late)).isSameAs(soon);
        assertThat(late.earlier(soon)).isSameAs(soon);
        assertThat(soon.earlier(soon)).isSameAs(soon);
        assertThat(soon.earlier(Deadline.none())).isSameAs(soon);
        assertThat(Deadline.none().earlier(soon)).isSameAs(soon);
        assertThat(Deadline.none().earlier(Deadline.none()).isNone()).isTrue();
    }

    @Test
    void saysHowMuchTimeIsLeft() {
        assertThat(Deadline.after(Duration.ofMillis(1500), time)).hasToString("in PT1.5S");
    }
}
