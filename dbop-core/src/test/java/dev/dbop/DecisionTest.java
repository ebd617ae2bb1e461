package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decision as a pure function, over everything it depends on. */
class DecisionTest {
    private static final RetryPolicy POLICY =
            RetryPolicy.builder().jitter(0).maxRetries(3).build();
    private static final Duration DELAY = Duration.ofMillis(100);
    private static final Duration AMPLE = Durations.LONGEST;

    /** What the verdict alone decides; null where the rest of the facts does. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "again",
            value = {
                "RETRY_SAVEPOINT,   SAVEPOINT,   false, again",
                "RETRY_SAVEPOINT,   TRANSACTION, false, again",
                "RETRY_SAVEPOINT,   CONNECTION,  false, again",
                "RETRY_TRANSACTION, SAVEPOINT,   false, BEYOND_REACH",
                "RETRY_TRANSACTION, TRANSACTION, false, again",
                "RETRY_TRANSACTION, CONNECTION,  false, again",
                "RETRY_CONNECTION,  SAVEPOINT,   false, BEYOND_REACH",
                "RETRY_CONNECTION,  TRANSACTION, false, BEYOND_REACH",
                "RETRY_CONNECTION,  CONNECTION,  false, again",
                "GIVE_UP,           SAVEPOINT,   false, NOT_RETRYABLE",
                "GIVE_UP,           TRANSACTION, false, NOT_RETRYABLE",
                "GIVE_UP,           CONNECTION,  false, NOT_RETRYABLE",
                "OUTCOME_UNKNOWN,   SAVEPOINT,   false, OUTCOME_UNKNOWN",
                "OUTCOME_UNKNOWN,   TRANSACTION, false, OUTCOME_UNKNOWN",
                "OUTCOME_UNKNOWN,   CONNECTION,  false, OUTCOME_UNKNOWN",
                "RETRY_SAVEPOINT,   SAVEPOINT,   true,  again",
                "RETRY_SAVEPOINT,   TRANSACTION, true,  again",
                "RETRY_SAVEPOINT,   CONNECTION,  true,  again",
                "RETRY_TRANSACTION, SAVEPOINT,   true,  BEYOND_REACH",
                "RETRY_TRANSACTION, TRANSACTION, true,  again",
                "RETRY_TRANSACTION, CONNECTION,  true,  again",
                "RETRY_CONNECTION,  SAVEPOINT,   true,  BEYOND_REACH",
                "RETRY_CONNECTION,  TRANSACTION, true,  BEYOND_REACH",
                "RETRY_CONNECTION,  CONNECTION,  true,  again",
                "GIVE_UP,           SAVEPOINT,   true,  NOT_RETRYABLE",
                "GIVE_UP,           TRANSACTION, true,  NOT_RETRYABLE",
                "GIVE_UP,           CONNECTION,  true,  NOT_RETRYABLE",
                "OUTCOME_UNKNOWN,   SAVEPOINT,   true,  BEYOND_REACH",
                "OUTCOME_UNKNOWN,   TRANSACTION, true,  BEYOND_REACH",
                "OUTCOME_UNKNOWN,   CONNECTION,  true,  again",
            })
    void followsTheTable(Verdict verdict, Reach reach, boolean repeatable, @Nullable GiveUpReason expected) {
        assertThat(Decision.of(POLICY, facts(1, verdict, reach, repeatable, false, AMPLE)))
                .isEqualTo(expected == null ? new Decision.Again(DELAY) : new Decision.Stop(expected));
        assertThat(Decision.of(POLICY, facts(1, verdict, reach, repeatable, true, AMPLE)))
                .as("interrupted")
                .isEqualTo(stop(expected, GiveUpReason.INTERRUPTED));
        assertThat(Decision.of(POLICY, facts(4, verdict, reach, repeatable, false, AMPLE)))
                .as("after the last retry")
                .isEqualTo(stop(expected, GiveUpReason.RETRIES_EXHAUSTED));
        assertThat(Decision.of(POLICY, facts(1, verdict, reach, repeatable, false, DELAY)))
                .as("when the delay would end at the deadline")
                .isEqualTo(stop(expected, GiveUpReason.DEADLINE));
    }

    private static Decision stop(@Nullable GiveUpReason byVerdict, GiveUpReason otherwise) {
        return new Decision.Stop(byVerdict == null ? otherwise : byVerdict);
    }

    @Test
    void agreesWithReachOnWhatIsCovered() {
        for (Verdict verdict : Verdict.values()) {
            for (Reach reach : Reach.values()) {
                boolean again =
                        Decision.of(POLICY, facts(1, verdict, reach, false, false, AMPLE)) instanceof Decision.Again;
                assertThat(reach.covers(verdict))
                        .as("%s covers %s", reach, verdict)
                        .isEqualTo(again);
            }
        }
    }

    @Test
    void retriesJustAsOftenAsThePolicySays() {
        List<Integer> retried = new ArrayList<>();
        for (int attempt = 1; attempt <= 10; attempt++) {
            Decision.Facts facts = facts(attempt, Verdict.RETRY_SAVEPOINT, Reach.CONNECTION, false, false, AMPLE);
            if (Decision.of(POLICY, facts) instanceof Decision.Again) {
                retried.add(attempt);
            }
        }
        assertThat(retried).containsExactly(1, 2, 3);
    }

    @Test
    void waitsOnlyIfSomeTimeIsLeftAfterwards() {
        Decision.Facts justEnough =
                facts(1, Verdict.RETRY_SAVEPOINT, Reach.CONNECTION, false, false, DELAY.plusNanos(1));
        Decision.Facts none = facts(1, Verdict.RETRY_SAVEPOINT, Reach.CONNECTION, false, false, Duration.ZERO);
        RetryPolicy immediate =
                RetryPolicy.builder().initialDelay(Duration.ZERO).build();

        assertThat(Decision.of(POLICY, justEnough)).isEqualTo(new Decision.Again(DELAY));
        assertThat(Decision.of(immediate, none)).isEqualTo(new Decision.Stop(GiveUpReason.DEADLINE));
    }

    /** A probe repeats nothing, so neither the number of retries nor the reach limits it. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "0, false, 1,   0",
                "0, true,  1,   0",
                "0, false, 0,   none",
                "1, false, 101, 100",
                "1, false, 100, none",
                "1, true,  101, none",
                "2, false, 201, 200",
                "9, false, 9999, 1000",
            })
    void probesWhatIsInDoubtWhileThereIsTime(int probes, boolean interrupted, long remaining, @Nullable Integer delay) {
        Decision.Facts facts = new Decision.Facts(
                4,
                Verdict.OUTCOME_UNKNOWN,
                Reach.TRANSACTION,
                false,
                interrupted,
                DELAY,
                probes,
                Duration.ofMillis(remaining),
                0.5);

        assertThat(Decision.of(POLICY, facts))
                .isEqualTo(
                        delay == null
                                ? new Decision.Stop(GiveUpReason.OUTCOME_UNKNOWN)
                                : new Decision.Probe(Duration.ofMillis(delay)));
    }

    private static Decision.Facts facts(
            int attempt, Verdict verdict, Reach reach, boolean repeatable, boolean interrupted, Duration remaining) {
        return new Decision.Facts(
                attempt, verdict, reach, repeatable, interrupted, DELAY, Decision.NO_PROBE, remaining, 0.5);
    }
}
