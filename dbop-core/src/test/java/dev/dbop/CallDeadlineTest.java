package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The limit of a whole call, its own or the one of the work around it. */
class CallDeadlineTest extends EveryEngine {
    private static final Operation<Integer, String, Exception> ALWAYS_FAILING = attempt -> {
        throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
    };

    @Test
    void aDelayThatWouldCrossTheLimitIsNotSlept() {
        DbopRunner limited = with(RetryPolicy.builder().maxDuration(millis(500)));

        failureOf(limited, ALWAYS_FAILING);

        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100), millis(300));
        assertThat(time.elapsed()).isEqualTo(millis(300));
        assertGaveUp(GiveUpReason.DEADLINE);
    }

    @Test
    void aDelayThatWouldEndExactlyAtTheLimitIsNotSlept() {
        failureOf(with(RetryPolicy.builder().maxDuration(millis(300))), ALWAYS_FAILING);

        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100));
        assertThat(time.elapsed()).isEqualTo(millis(100));
    }

    @Test
    void theTimeTheOperationsTakeCounts() {
        DbopRunner limited = with(RetryPolicy.builder().maxDuration(millis(500)));

        failureOf(limited, attempt -> {
            time.pass(millis(150));
            throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
        });

        assertThat(scope.openedAt()).containsExactly(millis(0), millis(250));
    }

    @Test
    void theLimitHoldsForEveryAttempt() {
        failureOf(with(RetryPolicy.builder().maxDuration(millis(500))), attempt -> {
            assertThat(scope.contexts().get(attempt - 1).deadline().remaining())
                    .isEqualTo(millis(500).minus(time.elapsed()));
            throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
        });
        assertThat(scope.opened()).isEqualTo(3);
    }

    @Test
    void theDeadlineOfTheEnclosingWorkHoldsToo() {
        scope.deadline(Deadline.after(millis(250), time));

        failureOf(ALWAYS_FAILING);

        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100));
        assertGaveUp(GiveUpReason.DEADLINE);
    }

    @Test
    void theEarlierOfTwoLimitsHolds() {
        scope.deadline(Deadline.after(millis(250), time));
        failureOf(with(RetryPolicy.builder().maxDuration(millis(50))), ALWAYS_FAILING);
        assertThat(scope.opened()).isEqualTo(1);

        failureOf(with(RetryPolicy.builder().maxDuration(Duration.ofDays(1))), ALWAYS_FAILING);
        assertThat(scope.opened()).isEqualTo(3);
    }

    @Test
    void anAttemptEndsWithTheEarliestOfItsLimits() {
        scope.deadline(Deadline.after(millis(350), time));
        List<Duration> left = new ArrayList<>();
        DbopRunner limited = with(RetryPolicy.builder().maxDuration(millis(300)).attemptTimeout(millis(250)));

        failureOf(limited, attempt -> {
            left.add(scope.contexts().get(attempt - 1).deadline().remaining());
            throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
        });

        assertThat(left).containsExactly(millis(250), millis(200));
    }

    @Test
    void everyCallHasALimitOfItsOwn() {
        DbopRunner limited = with(RetryPolicy.builder().maxDuration(millis(150)));

        failureOf(limited, ALWAYS_FAILING);
        failureOf(limited, ALWAYS_FAILING);

        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100), millis(100), millis(200));
    }

    @Test
    void theServersTimeoutsAreClampedToTheTimeLeft() {
        List<Timeouts> timeouts = new ArrayList<>();
        DbopRunner limited = with(RetryPolicy.builder().maxDuration(millis(150)))
                .lockTimeout(millis(100))
                .statementTimeout(Duration.ofSeconds(30));

        failureOf(limited, attempt -> {
            timeouts.add(scope.contexts().get(attempt - 1).timeouts());
            throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
        });

        assertThat(timeouts)
                .containsExactly(new Timeouts(millis(100), millis(150)), new Timeouts(millis(50), millis(50)));
    }

    @Test
    void theTimeoutsFollowTheRuleOfTheAttemptsNumber() throws Exception {
        List<Timeouts> timeouts = new ArrayList<>();
        DbopRunner growing = runner.statementTimeout(Duration.ofSeconds(9))
                .timeouts((attempt, attempts) -> Timeouts.none().withLock(millis(10L * attempt)))
                .statementTimeout(Duration.ofSeconds(2));

        failureOf(growing, attempt -> {
            timeouts.add(scope.contexts().get(attempt - 1).timeouts());
            throw attempt < 3 ? DbFailure.of(Verdict.RETRY_SAVEPOINT) : DbFailure.of(Verdict.GIVE_UP);
        });

        Duration statement = Duration.ofSeconds(2);
        assertThat(timeouts)
                .containsExactly(
                        new Timeouts(millis(10), statement),
                        new Timeouts(millis(20), statement),
                        new Timeouts(millis(30), statement));
    }

    private void assertGaveUp(GiveUpReason reason) {
        assertThat(events(RunEvent.GaveUp.class))
                .singleElement()
                .extracting(RunEvent.GaveUp::reason)
                .isEqualTo(reason);
    }
}
