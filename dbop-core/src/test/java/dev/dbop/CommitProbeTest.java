package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A COMMIT without an answer is asked about before the call ends. */
class CommitProbeTest extends EveryEngine {
    private final DbFailure cut = DbFailure.of(Verdict.OUTCOME_UNKNOWN);
    private final List<Duration> deadlines = new ArrayList<>();

    /** COMMIT fails so often, and a probe finds the statuses in turn, the last one for ever; null throws. */
    private void given(int unanswered, @Nullable CommitStatus... statuses) {
        int[] commits = {0};
        int[] probes = {0};
        scope.onCommit(context -> {
            if (commits[0]++ < unanswered) {
                throw cut;
            }
        });
        scope.onProbe(deadline -> {
            deadlines.add(deadline.remaining());
            CommitStatus status = statuses[Math.min(probes[0]++, statuses.length - 1)];
            if (status == null) {
                throw DbFailure.of(Verdict.RETRY_CONNECTION);
            }
            return status;
        });
    }

    @Test
    void aCommittedAttemptReturnsItsOwnResult() throws Exception {
        given(1, CommitStatus.COMMITTED);

        assertThat(this.<String>call(attempt -> "result of attempt " + attempt)).isEqualTo("result of attempt 1");
        assertThat(scope.journal())
                .containsExactly(
                        "open 1",
                        "hook 1",
                        "run 1",
                        "check 1",
                        "commit 1",
                        "rollback 1 COMMIT OUTCOME_UNKNOWN",
                        "probe 1");
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void aCommittedAttemptThatReturnedNullReturnsNull() throws Exception {
        given(1, CommitStatus.COMMITTED);

        assertThat(this.<String>call(attempt -> Null.of(String.class))).isNull();
    }

    @Test
    void anAbortedAttemptIsRunAgain() throws Exception {
        given(2, CommitStatus.ABORTED);

        assertThat(this.<String>call(attempt -> "result of attempt " + attempt)).isEqualTo("result of attempt 3");
        assertThat(scope.journal())
                .filteredOn(entry -> entry.startsWith("probe"))
                .containsExactly("probe 1", "probe 2");
        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100), millis(300));
        assertThat(events(RunEvent.AttemptFailed.class))
                .extracting(RunEvent.AttemptFailed::verdict)
                .containsExactly(Verdict.RETRY_CONNECTION, Verdict.RETRY_CONNECTION);
    }

    @Test
    void anAbortedAttemptAfterTheLastRetryFailsWithItsOwnFailure() {
        given(9, CommitStatus.ABORTED);

        assertThat(failureOf(with(RetryPolicy.builder().maxRetries(0)), attempt -> "done"))
                .isSameAs(cut);
        assertThat(events(RunEvent.GaveUp.class))
                .singleElement()
                .extracting(RunEvent.GaveUp::reason)
                .isEqualTo(GiveUpReason.RETRIES_EXHAUSTED);
    }

    @Test
    void whatIsInDoubtIsAskedAgainAfterThePolicysDelays() throws Exception {
        given(1, CommitStatus.IN_DOUBT, null, CommitStatus.COMMITTED);

        assertThat(this.<String>call(attempt -> "done")).isEqualTo("done");
        assertThat(time.elapsed()).isEqualTo(millis(100 + 200));
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(events(RunEvent.Probed.class))
                .allSatisfy(probed -> {
                    assertThat(probed.failure()).isSameAs(cut);
                    assertThat(probed.attempt()).isEqualTo(1);
                })
                .extracting(RunEvent.Probed::status)
                .containsExactly(CommitStatus.IN_DOUBT, CommitStatus.IN_DOUBT, CommitStatus.COMMITTED);
        assertThat(events(RunEvent.AttemptFailed.class)).isEmpty();
        assertThat(events(RunEvent.Succeeded.class)).hasSize(1);
    }

    @Test
    void probesAreNotLimitedByTheNumberOfRetries() throws Exception {
        given(1, CommitStatus.IN_DOUBT, CommitStatus.IN_DOUBT, CommitStatus.IN_DOUBT, CommitStatus.COMMITTED);

        assertThat(this.<String>call(with(RetryPolicy.builder().maxRetries(0)), attempt -> "done"))
                .isEqualTo("done");
    }

    @Test
    void doubtEndsWithTheCallsDeadline() {
        given(1, CommitStatus.IN_DOUBT);

        Throwable thrown = failureOf(with(RetryPolicy.builder().maxDuration(millis(1000))), attempt -> "done");

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class).hasCause(cut);
        assertThat(deadlines).containsExactly(millis(1000), millis(900), millis(700), millis(300));
        assertThat(time.elapsed()).isEqualTo(millis(700));
    }

    @Test
    void doubtEndsAfterHalfAMinuteWithoutADeadline() {
        given(1, (CommitStatus) null);

        Throwable thrown = failureOf(attempt -> "done");

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class).hasCause(cut);
        assertThat(deadlines).startsWith(Duration.ofSeconds(30)).last().isEqualTo(millis(500));
        assertThat(cut.getSuppressed()).isNotEmpty().hasOnlyElementsOfTypes(DbFailure.class, CallEnded.class);
        assertThat(events(RunEvent.OutcomeUnknown.class)).hasSize(1);
        assertThat(events(RunEvent.AttemptFailed.class))
                .singleElement()
                .extracting(RunEvent.AttemptFailed::verdict)
                .isEqualTo(Verdict.OUTCOME_UNKNOWN);
    }

    @Test
    void nothingIsAskedOnceTheDeadlineHasPassed() {
        scope.onCommit(context -> {
            time.pass(millis(1000));
            throw cut;
        });
        scope.onProbe(deadline -> CommitStatus.COMMITTED);

        Throwable thrown = failureOf(with(RetryPolicy.builder().maxDuration(millis(1000))), attempt -> "done");

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
        assertThat(scope.journal()).noneMatch(entry -> entry.startsWith("probe"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"RETRY_CONNECTION", "GIVE_UP"})
    void whatIsKnownIsNotAsked(Verdict verdict) {
        scope.onCommit(context -> {
            throw DbFailure.of(verdict);
        });
        scope.onProbe(deadline -> CommitStatus.COMMITTED);

        failureOf(with(RetryPolicy.builder().maxRetries(1)), attempt -> "done");

        assertThat(scope.journal()).noneMatch(entry -> entry.startsWith("probe"));
    }

    @Test
    void anUnknownOutcomeOfACallInsideIsNotThisAttemptsCommit() {
        scope.onProbe(deadline -> CommitStatus.COMMITTED);
        RecordingScope inside = new RecordingScope(time).onCommit(context -> {
            throw cut;
        });

        Throwable thrown = failureOf(attempt -> runner.call(inside.blocking(), within -> "done"));

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
        assertThat(scope.journal()).noneMatch(entry -> entry.startsWith("probe"));
    }

    @Test
    void anIdempotentCallIsAskedAboutTooAndRunAgainIfNobodyCanTell() throws Exception {
        given(1, CommitStatus.COMMITTED);
        assertThat(this.<Integer>call(runner.idempotent(), attempt -> attempt)).isEqualTo(1);

        given(1, CommitStatus.UNKNOWN);
        assertThat(this.<Integer>call(runner.idempotent(), attempt -> attempt)).isEqualTo(2);
    }

    @Test
    void aProbeThatAnswersNothingLeavesTheDoubt() throws Exception {
        int[] probes = {0};
        scope.onCommit(context -> {
            throw cut;
        });
        scope.onProbe(deadline -> probes[0]++ == 0 ? Null.of(CommitStatus.class) : CommitStatus.COMMITTED);

        assertThat(this.<String>call(attempt -> "done")).isEqualTo("done");
        assertThat(probes[0]).isEqualTo(2);
    }
}
