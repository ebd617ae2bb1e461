package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls inside calls: they compose without configuration, and their attempts never multiply. */
class NestedCallsTest extends EveryEngine {
    private final RecordingScope inner = new RecordingScope(time).reach(Reach.SAVEPOINT);

    @BeforeEach
    void outerIsATransaction() {
        scope.reach(Reach.TRANSACTION);
    }

    @AfterEach
    void everyInnerAttemptEndedOnce() {
        inner.assertNothingLeftOpen();
    }

    @Test
    void innerCallIsRetriedAloneWhenThatIsEnough() throws Exception {
        Operation<Integer, String, Exception> step = failing(DbFailure.of(Verdict.RETRY_SAVEPOINT));

        assertThat(this.<String>call(attempt -> call(runner, inner, step))).isEqualTo("done");
        assertThat(inner.opened()).isEqualTo(2);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void theWholeIsRetriedWhenTheVerdictGoesBeyondTheInnerReach() throws Exception {
        DbFailure deadlock = DbFailure.of(Verdict.RETRY_TRANSACTION);
        Operation<Integer, String, Exception> step = failing(deadlock);

        assertThat(this.<String>call(attempt -> call(runner, inner, step))).isEqualTo("done");
        assertThat(inner.journal())
                .containsExactly(
                        "open 1",
                        "hook 1",
                        "run 1",
                        "rollback 1 OPERATION RETRY_TRANSACTION",
                        "open 1",
                        "hook 1",
                        "run 1",
                        "check 1",
                        "commit 1");
        assertThat(scope.opened()).isEqualTo(2);
        assertThat(deadlock).hasNoSuppressedExceptions().hasNoCause();
        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100));
    }

    @Test
    void aVerdictNobodyCoversReachesTheCallerUnchanged() {
        DbFailure lost = DbFailure.of(Verdict.RETRY_CONNECTION);
        Operation<Integer, String, Exception> step = failing(lost);

        assertThat(failureOf(attempt -> call(runner, inner, step)))
                .isSameAs(lost)
                .hasNoSuppressedExceptions()
                .hasNoCause();
        assertThat(inner.opened()).isEqualTo(1);
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(events(RunEvent.GaveUp.class))
                .extracting(RunEvent.GaveUp::reason)
                .containsExactly(GiveUpReason.BEYOND_REACH, GiveUpReason.BEYOND_REACH);
    }

    @Test
    void anExhaustedInnerCallEndsTheOuterOne() {
        DbopRunner impatient = with(RetryPolicy.builder().maxRetries(2));
        Throwable thrown = failureOf(attempt -> call(impatient, inner, alwaysFailing(Verdict.RETRY_SAVEPOINT)));

        assertThat(thrown).isInstanceOf(DbFailure.class);
        assertThat(inner.opened()).isEqualTo(3);
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(events(RunEvent.GaveUp.class))
                .extracting(RunEvent.GaveUp::reason)
                .containsExactly(GiveUpReason.RETRIES_EXHAUSTED, GiveUpReason.NOT_RETRYABLE);
        assertThat(thrown.getSuppressed())
                .filteredOn(CallEnded.class::isInstance)
                .hasSize(1);
    }

    @Test
    void anExhaustedInnerCallEndsTheOuterOneAlsoWhenItsFailureIsWrapped() {
        scope.classifier((failure, phase) -> Verdict.RETRY_TRANSACTION);
        DbopRunner impatient = with(RetryPolicy.builder().maxRetries(0).retryOn(RuntimeException.class));

        Throwable thrown = failureOf(attempt -> {
            try {
                return call(impatient, inner, alwaysFailing(Verdict.RETRY_SAVEPOINT));
            } catch (DbFailure wrapped) {
                throw new IllegalArgumentException("wrapped", wrapped);
            }
        });

        assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void attemptsOfThreeLevelsDoNotMultiply() {
        RecordingScope innermost = new RecordingScope(time).reach(Reach.SAVEPOINT);
        DbopRunner twice = with(RetryPolicy.builder().maxRetries(2));

        failureOf(
                twice,
                attempt ->
                        call(twice, inner, middle -> call(twice, innermost, alwaysFailing(Verdict.RETRY_SAVEPOINT))));

        assertThat(innermost.opened()).isEqualTo(3);
        assertThat(inner.opened()).isEqualTo(1);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void anInstanceThatIsThrownAgainEndsOnlyTheCallsAroundTheOneItEnded() {
        DbFailure shared = DbFailure.of(Verdict.RETRY_SAVEPOINT);
        DbopRunner twice = with(RetryPolicy.builder().maxRetries(2));
        Operation<Integer, String, Exception> alwaysShared = attempt -> {
            throw shared;
        };

        for (int calls = 1; calls <= 3; calls++) {
            assertThat(failureOf(twice, attempt -> call(twice, inner, alwaysShared)))
                    .isSameAs(shared);
            assertThat(inner.opened()).isEqualTo(3 * calls);
            assertThat(scope.opened()).isEqualTo(calls);
        }
        assertThat(shared.getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("ended after 3 attempts");

        assertThat(failureOf(twice, alwaysShared)).isSameAs(shared);
        assertThat(scope.opened()).isEqualTo(3 + 3);
    }

    @Test
    void anInnerFailureTheOperationHandlesDoesNotEndTheOuterCall() throws Exception {
        String result = call(attempt -> {
            DbFailure handled = catchThrowableOfType(
                    DbFailure.class, () -> call(runner, inner, alwaysFailing(Verdict.RETRY_SAVEPOINT)));
            return "without: " + handled.getMessage();
        });

        assertThat(result).isEqualTo("without: RETRY_SAVEPOINT");
        assertThat(inner.opened()).isEqualTo(6);
        assertThat(scope.journal()).endsWith("commit 1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"RETRY_SAVEPOINT", "RETRY_TRANSACTION"})
    void whatAnInnerAttemptFoundOutIsNotForgottenOnTheWayUp(Verdict classified) {
        DbFailure failure = DbFailure.of(classified);
        inner.onRollback((cause, phase, verdict) -> Verdict.GIVE_UP);

        assertThat(failureOf(attempt -> call(runner, inner, failing(failure)))).isSameAs(failure);
        assertThat(inner.opened()).isEqualTo(1);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void anUnknownOutcomeInsideIsTheOutersToo() {
        scope.classifier((failure, phase) -> Verdict.RETRY_SAVEPOINT);
        inner.reach(Reach.CONNECTION).onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });
        Throwable[] inside = {null};

        Throwable thrown = failureOf(attempt -> {
            try {
                return this.<String>call(runner, inner, step -> "done");
            } catch (OutcomeUnknownException unknown) {
                inside[0] = unknown;
                throw unknown;
            }
        });

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class).isSameAs(inside[0]);
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(events(RunEvent.OutcomeUnknown.class)).hasSize(2);
    }

    @Test
    void anUnknownOutcomeInsideIsRepeatedByAnOuterCallThatIsSafeToRepeat() throws Exception {
        scope.reach(Reach.CONNECTION);
        inner.reach(Reach.CONNECTION).onCommit(context -> {
            if (scope.opened() == 1) {
                throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
            }
        });

        String result = call(runner.idempotent(), attempt -> this.<String>call(runner, inner, step -> "done"));

        assertThat(result).isEqualTo("done");
        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void aSavepointWhoseReleaseIsUnansweredLosesTheConnectionAndNothingElse() throws Exception {
        scope.reach(Reach.CONNECTION).classifier((failure, phase) -> Verdict.RETRY_CONNECTION);
        DbFailure cut = DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        inner.onCommit(context -> {
            if (scope.opened() == 1) {
                throw cut;
            }
        });

        assertThat(this.<String>call(attempt -> call(runner, inner, step -> "done")))
                .isEqualTo("done");
        assertThat(events(RunEvent.AttemptFailed.class))
                .extracting(RunEvent.AttemptFailed::verdict)
                .containsExactly(Verdict.RETRY_CONNECTION, Verdict.RETRY_CONNECTION);
        assertThat(cut).hasNoSuppressedExceptions();
    }

    @Test
    void anOuterAttemptThatRanOutOfTimeInsideAnInnerCallIsRetried() throws Exception {
        DbopRunner timed = with(RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(1)));

        String result = call(timed, attempt -> {
            inner.deadline(scope.contexts().get(attempt - 1).deadline());
            return call(runner, inner, step -> {
                if (attempt == 1) {
                    runIntoTheLimit();
                    throw DbFailure.of(Verdict.GIVE_UP);
                }
                return "done";
            });
        });

        assertThat(result).isEqualTo("done");
        assertThat(inner.opened()).isEqualTo(2);
        assertThat(scope.opened()).isEqualTo(2);
        assertThat(events(RunEvent.GaveUp.class))
                .singleElement()
                .extracting(RunEvent.GaveUp::reason)
                .isEqualTo(GiveUpReason.DEADLINE);
    }

    @Test
    void wantOfTimeDoesNotRepeatWhatAnInnerAttemptRuledOut() {
        DbopRunner timed = with(RetryPolicy.builder().attemptTimeout(Duration.ofSeconds(1)));
        inner.onRollback((cause, phase, verdict) -> Verdict.GIVE_UP);

        failureOf(timed, attempt -> {
            inner.deadline(scope.contexts().get(attempt - 1).deadline());
            return call(runner, inner, step -> {
                runIntoTheLimit();
                throw DbFailure.of(Verdict.GIVE_UP);
            });
        });

        assertThat(scope.opened()).isEqualTo(1);
        assertThat(inner.opened()).isEqualTo(1);
    }

    /** Lets one second pass, the limit of both attempts, and waits until both were told to stop. */
    private void runIntoTheLimit() {
        time.pass(Duration.ofSeconds(1));
        scope.awaitCancels(1);
        inner.awaitCancels(1);
    }

    private static Operation<Integer, String, Exception> alwaysFailing(Verdict verdict) {
        return attempt -> {
            throw DbFailure.of(verdict);
        };
    }
}
