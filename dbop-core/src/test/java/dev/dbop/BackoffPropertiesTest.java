package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What holds for every delay, whatever the policy, extreme values included. */
class BackoffPropertiesTest {
    private static final long LONGEST = Long.MAX_VALUE;

    @Property
    void isNeverNegativeAndNeverAboveTheLongest(
            @ForAll Backoffs backoff,
            @ForAll @LongRange(min = 0, max = LONGEST) long one,
            @ForAll @LongRange(min = 0, max = LONGEST) long other,
            @ForAll @DoubleRange(min = 0, max = 1) double jitter,
            @ForAll @IntRange(min = 1) int retry,
            @ForAll("draws") double random) {
        RetryPolicy policy = policy(backoff, Math.min(one, other), Math.max(one, other), jitter);

        Duration delay = policy.delayBefore(retry, policy.initialDelay(), random);

        assertThat(delay).isBetween(Duration.ZERO, policy.maxDelay());
    }

    @Property
    void exponentialWithoutJitterDoublesUntilItIsTheLongest(
            @ForAll @LongRange(min = 0, max = 1L << 40) long initial,
            @ForAll @LongRange(min = 0, max = 1L << 50) long more,
            @ForAll @IntRange(min = 1, max = 100) int retry,
            @ForAll("draws") double random) {
        RetryPolicy policy = policy(Backoffs.EXPONENTIAL, initial, initial + more, 0);

        Duration delay = policy.delayBefore(retry, policy.initialDelay(), random);
        Duration next = policy.delayBefore(retry + 1, policy.initialDelay(), random);

        assertThat(next).isEqualTo(Durations.min(delay.multipliedBy(2), policy.maxDelay()));
    }

    @Property
    void jitterVariesByItsPartAndNoMore(
            @ForAll @LongRange(min = 0, max = 1L << 50) long initial,
            @ForAll @DoubleRange(min = 0, max = 1) double jitter,
            @ForAll("draws") double random) {
        RetryPolicy policy = policy(Backoffs.FIXED, initial, LONGEST, jitter);

        long delay = policy.delayBefore(1, policy.initialDelay(), random).toNanos();

        assertThat((double) delay).isBetween(initial * (1 - jitter) - 1, initial * (1 + jitter) + 1);
    }

    @Property
    void fullJitterIsNeverAboveTheExponentialDelay(
            @ForAll @LongRange(min = 0, max = 1L << 50) long initial,
            @ForAll @IntRange(min = 1, max = 80) int retry,
            @ForAll("draws") double random) {
        RetryPolicy full = policy(Backoffs.FULL_JITTER, initial, LONGEST, 0);
        RetryPolicy exact = policy(Backoffs.EXPONENTIAL, initial, LONGEST, 0);

        assertThat(full.delayBefore(retry, full.initialDelay(), random))
                .isLessThanOrEqualTo(exact.delayBefore(retry, exact.initialDelay(), 0));
    }

    @Property
    void equalJitterIsAtLeastHalfTheExponentialDelay(
            @ForAll @LongRange(min = 0, max = 1L << 50) long initial,
            @ForAll @IntRange(min = 1, max = 80) int retry,
            @ForAll("draws") double random) {
        RetryPolicy equal = policy(Backoffs.EQUAL_JITTER, initial, LONGEST, 0);
        RetryPolicy exact = policy(Backoffs.EXPONENTIAL, initial, LONGEST, 0);
        Duration whole = exact.delayBefore(retry, exact.initialDelay(), 0);

        assertThat(equal.delayBefore(retry, equal.initialDelay(), random)).isBetween(whole.dividedBy(2), whole);
    }

    @Property
    void decorrelatedJitterStaysBetweenTheInitialAndThriceThePreviousDelay(
            @ForAll @LongRange(min = 1, max = 1L << 40) long initial,
            @ForAll @LongRange(min = 0, max = 1L << 45) long more,
            @ForAll @Size(min = 1, max = 30) List<@DoubleRange(min = 0, max = 1, maxIncluded = false) Double> draws) {
        RetryPolicy policy = policy(Backoffs.DECORRELATED_JITTER, initial, initial + more, 0);
        List<Duration> delays = new ArrayList<>(List.of(policy.initialDelay()));

        for (double random : draws) {
            Duration previous = delays.get(delays.size() - 1);
            Duration delay = policy.delayBefore(delays.size(), previous, random);
            assertThat(delay)
                    .isGreaterThanOrEqualTo(policy.initialDelay())
                    .isLessThanOrEqualTo(Durations.min(previous.multipliedBy(3), policy.maxDelay()));
            delays.add(delay);
        }
    }

    /** From 0 to just below 1, the ends often. */
    @Provide
    Arbitrary<Double> draws() {
        return Arbitraries.oneOf(
                Arbitraries.of(0.0, Double.MIN_VALUE, 0.5, Math.nextDown(1.0)),
                Arbitraries.doubles().between(0, true, 1, false));
    }

    private static RetryPolicy policy(Backoff backoff, long initial, long max, double jitter) {
        return RetryPolicy.builder()
                .backoff(backoff)
                .initialDelay(Duration.ofNanos(initial))
                .maxDelay(Duration.ofNanos(max))
                .jitter(jitter)
                .build();
    }
}
