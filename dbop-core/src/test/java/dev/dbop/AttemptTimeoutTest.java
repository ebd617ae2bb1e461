package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An attempt whose time is up is stopped on the server, undone, and retried while attempts are left. */
class AttemptTimeoutTest extends EveryEngine {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final DbopRunner timed = with(RetryPolicy.builder().maxRetries(1).attemptTimeout(LIMIT));
    private final DbFailure cancelled = DbFailure.of(Verdict.GIVE_UP);

    @Test
    void cancelsAgainAndAgainUntilTheAttemptHasEnded() {
        failureOf(with(RetryPolicy.builder().maxRetries(0).attemptTimeout(LIMIT)), attempt -> {
            time.pass(millis(999));
            assertThat(scope.journal()).doesNotContain("cancel 1");
            stopAfter(millis(251), 3);
            throw cancelled;
        });
        time.pass(Duration.ofMinutes(1));

        assertThat(scope.journal())
                .containsExactly(
                        "open 1",
                        "hook 1",
                        "run 1",
                        "cancel 1",
                        "cancel 1",
                        "cancel 1",
                        "rollback 1 OPERATION RETRY_SAVEPOINT");
    }

    @Test
    void retriesTheStoppedAttempt() throws Exception {
        String result = call(timed, attempt -> {
            if (attempt == 1) {
                stopAfter(LIMIT, 1);
                throw cancelled;
            }
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(scope.openedAt()).containsExactly(millis(0), millis(1100));
    }

    @Test
    void reportsTheLastStoppedAttemptWithWhatTheClientThrew() {
        Throwable thrown = failureOf(timed.named("report"), attempt -> {
            stopAfter(LIMIT, 1);
            throw cancelled;
        });

        assertThat(thrown)
                .isInstanceOf(AttemptTimeoutException.class)
                .hasCause(cancelled)
                .hasMessage("attempt 2 of call \"report\" was stopped at its time limit (attemptTimeout 1000 ms,"
                        + " maxDuration none, or the enclosing call's) and rolled back;"
                        + " find what it waited for, or raise the limit");
        assertThat(((AttemptTimeoutException) thrown).attempts()).hasSize(2).allSatisfy(attempt -> {
            assertThat(attempt.failure()).isInstanceOf(AttemptTimeoutException.class);
            assertThat(attempt.phase()).isEqualTo(Phase.OPERATION);
        });
    }

    @Test
    void rollsBackAnOperationThatReturnsTooLate() {
        Throwable thrown = failureOf(timed, attempt -> {
            stopAfter(LIMIT, 1);
            return "too late";
        });

        assertThat(thrown).isInstanceOf(AttemptTimeoutException.class).hasNoCause();
        assertThat(scope.journal())
                .doesNotContain("check 1", "commit 1", "commit 2")
                .contains("rollback 1 OPERATION RETRY_SAVEPOINT", "rollback 2 OPERATION RETRY_SAVEPOINT");
    }

    @Test
    void rollsBackAnOperationThatReturnsTooLateAlthoughTheSchedulerIsLater() {
        DbopRunner once = with(RetryPolicy.builder().maxRetries(0).attemptTimeout(LIMIT));

        Throwable thrown = failureOf(once.scheduler((task, delay) -> () -> {}), attempt -> {
            time.pass(LIMIT);
            return "too late";
        });

        assertThat(thrown).isInstanceOf(AttemptTimeoutException.class).hasNoCause();
        assertThat(scope.journal()).endsWith("run 1", "rollback 1 OPERATION RETRY_SAVEPOINT");
    }

    @Test
    void doesNotRepeatBeyondTheReach() {
        scope.reach(Reach.TRANSACTION).onRollback((cause, phase, verdict) -> Verdict.RETRY_CONNECTION);

        Throwable thrown = failureOf(timed, attempt -> {
            stopAfter(LIMIT, 1);
            throw cancelled;
        });

        assertThat(thrown).isInstanceOf(AttemptTimeoutException.class).hasNoSuppressedExceptions();
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void keepsAVerdictThatIsWorse() {
        Throwable thrown = failureOf(timed, attempt -> {
            stopAfter(LIMIT, 1);
            throw DbFailure.of(Verdict.RETRY_CONNECTION);
        });

        assertThat(thrown).isInstanceOf(AttemptTimeoutException.class);
        assertThat(scope.journal())
                .contains("rollback 1 OPERATION RETRY_CONNECTION", "rollback 2 OPERATION RETRY_CONNECTION");
    }

    @Test
    void stopsAHookThatTakesTooLong() {
        Throwable thrown = catchHook(() -> {
            stopAfter(LIMIT, 1);
            throw cancelled;
        });

        assertThat(thrown).isInstanceOf(AttemptTimeoutException.class).hasCause(cancelled);
        assertThat(scope.journal()).contains("rollback 1 HOOK RETRY_SAVEPOINT").doesNotContain("run 1");
    }

    @Test
    void countsAnOpeningThatFailsAfterItsTimeAsStopped() throws Exception {
        scope.onOpen(context -> {
            if (context.number() == 1) {
                time.pass(LIMIT);
                throw cancelled;
            }
        });

        assertThat(this.<String>call(timed, attempt -> "done")).isEqualTo("done");
        assertThat(events(RunEvent.AttemptFailed.class))
                .singleElement()
                .satisfies(event -> assertThat(event.failure())
                        .isInstanceOf(AttemptTimeoutException.class)
                        .hasCause(cancelled));
    }

    @Test
    void stopsACommitThatTakesTooLong() {
        scope.onCommit(context -> {
            stopAfter(LIMIT, 1);
            throw cancelled;
        });

        assertThat(failureOf(timed, attempt -> "done"))
                .isInstanceOf(AttemptTimeoutException.class)
                .hasCause(cancelled);
        assertThat(scope.journal())
                .contains("rollback 1 COMMIT RETRY_TRANSACTION", "rollback 2 COMMIT RETRY_TRANSACTION");
    }

    @Test
    void believesACommitThatSucceedsAfterItsTime() throws Exception {
        scope.onCommit(context -> stopAfter(LIMIT, 1));

        assertThat(this.<String>call(timed, attempt -> "done")).isEqualTo("done");
        assertThat(scope.journal()).endsWith("commit 1", "cancel 1");
    }

    @Test
    void doesNotKnowTheOutcomeOfACommitItHadToCutOff() {
        DbFailure cut = DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        scope.onCommit(context -> {
            stopAfter(LIMIT, 1);
            throw cut;
        });

        assertThat(failureOf(timed, attempt -> "done"))
                .isInstanceOf(OutcomeUnknownException.class)
                .cause()
                .isInstanceOf(AttemptTimeoutException.class)
                .hasCause(cut);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void rethrowsAnErrorOfAStoppedAttemptAsItIs() {
        Error error = new AssertionError("broken");

        assertThat(failureOf(timed, attempt -> {
                    stopAfter(LIMIT, 1);
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void isStoppedByTheLimitOfTheWholeCallAndThenNotRetried() {
        DbopRunner limited = with(RetryPolicy.builder().maxDuration(LIMIT));

        Throwable thrown = failureOf(limited, attempt -> {
            stopAfter(LIMIT, 1);
            throw cancelled;
        });

        assertThat(thrown)
                .isInstanceOf(AttemptTimeoutException.class)
                .hasMessageContaining("attemptTimeout none, maxDuration 1000 ms");
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(events(RunEvent.GaveUp.class))
                .extracting(RunEvent.GaveUp::reason)
                .containsExactly(GiveUpReason.DEADLINE);
    }

    @Test
    void isStoppedByTheLimitOfTheEnclosingWork() {
        scope.reach(Reach.SAVEPOINT).deadline(Deadline.after(LIMIT, time));

        assertThat(failureOf(attempt -> {
                    stopAfter(LIMIT, 1);
                    throw cancelled;
                }))
                .isInstanceOf(AttemptTimeoutException.class)
                .hasMessageContaining("attemptTimeout none, maxDuration none");
    }

    @Test
    void isNotRetriedWhenThePolicyAbortsOnIt() {
        DbopRunner strict = with(RetryPolicy.builder().attemptTimeout(LIMIT).abortOn(AttemptTimeoutException.class));

        assertThat(failureOf(strict, attempt -> {
                    stopAfter(LIMIT, 1);
                    throw cancelled;
                }))
                .isInstanceOf(AttemptTimeoutException.class);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void isNotRetriedWhenThePolicyAbortsOnWhatTheClientThrew() {
        DbopRunner strict = with(RetryPolicy.builder().attemptTimeout(LIMIT).abortOn(DbFailure.class));

        failureOf(strict, attempt -> {
            stopAfter(LIMIT, 1);
            throw cancelled;
        });

        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void doesNotCancelAnAttemptThatEndsInTime() throws Exception {
        String result = call(timed, attempt -> {
            time.pass(LIMIT.minusNanos(1));
            return "done";
        });
        time.pass(Duration.ofMinutes(1));

        assertThat(result).isEqualTo("done");
        assertThat(scope.journal()).doesNotContain("cancel 1");
    }

    @Test
    void doesNotCancelARollback() throws Exception {
        scope.onRollback((cause, phase, verdict) -> {
            time.pass(Duration.ofMinutes(1));
            return verdict;
        });

        call(timed, failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));

        assertThat(scope.journal()).noneMatch(entry -> entry.startsWith("cancel"));
    }

    @Test
    void cancelsAgainAlthoughACancelThrew() {
        scope.onCancel(() -> {
            scope.onCancel(() -> {});
            throw new IllegalStateException("the first cancel is broken");
        });

        try (CapturedLog log = CapturedLog.of(DbopRunner.class.getName())) {
            log.at(Level.OFF);
            failureOf(with(RetryPolicy.builder().maxRetries(0).attemptTimeout(LIMIT)), attempt -> {
                stopAfter(LIMIT, 1);
                stopAfter(millis(100), 1);
                throw cancelled;
            });
        }

        assertThat(scope.journal())
                .containsExactly(
                        "open 1", "hook 1", "run 1", "cancel 1", "cancel 1", "rollback 1 OPERATION RETRY_SAVEPOINT");
    }

    /** Lets time pass and waits for the cancels that fall due meanwhile, which come from another thread. */
    private void stopAfter(Duration duration, int cancels) {
        time.pass(duration);
        scope.awaitCancels(cancels);
    }

    private Throwable catchHook(RecordingScope.Throwing<String> body) {
        try {
            call(timed, scope, (attempt, context) -> body.run(), attempt -> "done");
        } catch (Exception thrown) {
            return thrown;
        }
        throw new AssertionError("the call succeeded");
    }
}
