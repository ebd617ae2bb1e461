package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every verdict in every reach, through the engines. */
class VerdictAndReachTest extends EveryEngine {
    static Stream<Arguments> everyVerdictInEveryReach() {
        return Stream.of(Verdict.values())
                .flatMap(verdict -> Stream.of(Reach.values()).map(reach -> Arguments.of(verdict, reach)));
    }

    @ParameterizedTest
    @MethodSource("everyVerdictInEveryReach")
    void retriesExactlyWhatTheReachCovers(Verdict verdict, Reach reach) throws Exception {
        scope.reach(reach);
        DbFailure failure = DbFailure.of(verdict);

        if (reach.covers(verdict)) {
            assertThat(call(failing(failure))).isEqualTo("done");
            assertThat(scope.opened()).isEqualTo(2);
        } else {
            Throwable thrown = failureOf(failing(failure));
            assertThat(scope.opened()).isEqualTo(1);
            if (verdict == Verdict.OUTCOME_UNKNOWN && reach != Reach.SAVEPOINT) {
                assertThat(thrown).isInstanceOf(OutcomeUnknownException.class).hasCause(failure);
            } else {
                assertThat(thrown).isSameAs(failure).hasNoSuppressedExceptions().hasNoCause();
            }
        }
    }

    @Test
    void goesByTheReachFromBeforeTheCallTouchedTheScope() throws Exception {
        scope.reach(Reach.TRANSACTION).onOpen(context -> scope.reach(Reach.SAVEPOINT));

        assertThat(call(failing(DbFailure.of(Verdict.RETRY_TRANSACTION)))).isEqualTo("done");
        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void knowsNotTheOutcomeOfACommitAfterWhichTheScopeReachesLess() {
        DbFailure cut = DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        scope.reach(Reach.TRANSACTION).onCommit(context -> {
            scope.reach(Reach.SAVEPOINT);
            throw cut;
        });

        assertThat(failureOf(attempt -> "done"))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasCause(cut);
    }

    @Test
    void givesUpOnWhatNobodyKnows() {
        DbFailure failure = DbFailure.unclassified();

        assertThat(failureOf(failing(failure))).isSameAs(failure).hasNoSuppressedExceptions();
        assertThat(events(RunEvent.GaveUp.class))
                .singleElement()
                .isEqualTo(new RunEvent.GaveUp(
                        events.get(0).call(),
                        dev.dbop.sql.Database.POSTGRESQL,
                        1,
                        Phase.OPERATION,
                        GiveUpReason.NOT_OF_THE_DATABASE,
                        Verdict.GIVE_UP,
                        failure,
                        millis(0)));
    }

    @Test
    void tellsWhatIsNotOfTheDatabaseFromWhatIs() {
        Operation<Integer, String, Exception> application = attempt -> {
            throw new IllegalArgumentException("out of stock");
        };
        Operation<Integer, String, Exception> driver = attempt -> {
            throw new IllegalStateException(new java.sql.SQLException("a driver's, without code"));
        };
        Operation<Integer, String, Exception> known = failing(DbFailure.of(Verdict.GIVE_UP));
        DbopRunner brokenClassifier = runner.classifier((failure, phase) -> {
            throw new IllegalStateException("broken");
        });

        assertThat(reasonOf(runner, application)).isEqualTo(GiveUpReason.NOT_OF_THE_DATABASE);
        assertThat(reasonOf(runner, driver)).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(reasonOf(runner, known)).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(reasonOf(brokenClassifier, application)).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        scope.onOpen(context -> {
            throw DbFailure.unclassified();
        });
        assertThat(reasonOf(runner, known)).isEqualTo(GiveUpReason.NOT_RETRYABLE);
    }

    @Test
    void whatIsNotOfTheDatabaseIsTheSameForACallInsideAndItsEnclosingOnes() {
        RecordingScope inner = new RecordingScope(time).reach(Reach.SAVEPOINT);
        Operation<Integer, String, Exception> application = attempt -> {
            throw new IllegalArgumentException("out of stock");
        };

        assertThat(failureOf(attempt -> call(runner, inner, application))).hasNoSuppressedExceptions();

        assertThat(events(RunEvent.GaveUp.class))
                .extracting(RunEvent.GaveUp::reason)
                .containsExactly(GiveUpReason.NOT_OF_THE_DATABASE, GiveUpReason.NOT_OF_THE_DATABASE);
    }

    private GiveUpReason reasonOf(DbopRunner runner, Operation<Integer, String, Exception> op) {
        events.clear();
        failureOf(runner, op);
        return events(RunEvent.GaveUp.class).get(0).reason();
    }

    @Test
    void retriesATypeThePolicyNamesAlthoughTheClassifierGivesUp() throws Exception {
        DbopRunner lenient = with(RetryPolicy.builder().retryOn(UnsupportedOperationException.class));
        RuntimeException stale = new IllegalArgumentException(new UnsupportedOperationException("stale"));

        assertThat(call(lenient, failing(stale))).isEqualTo("done");
    }

    @Test
    void neverRetriesATypeThePolicyAbortsOn() {
        DbopRunner strict = with(RetryPolicy.builder().retryOn(Exception.class).abortOn(DbFailure.class));
        RuntimeException wrapping = new RuntimeException(DbFailure.of(Verdict.RETRY_SAVEPOINT));

        assertThat(failureOf(strict, failing(DbFailure.of(Verdict.RETRY_SAVEPOINT))))
                .isInstanceOf(DbFailure.class);
        assertThat(failureOf(strict, failing(wrapping))).isSameAs(wrapping);
        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void doesNotLetThePolicysTypesRepeatWhatMayHaveHappened() {
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });
        DbopRunner eager = with(RetryPolicy.builder().retryOn(DbFailure.class));

        assertThat(failureOf(eager, attempt -> "done")).isInstanceOf(OutcomeUnknownException.class);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void survivesAClassifierThatThrows() {
        DbFailure failure = DbFailure.unclassified();
        RuntimeException broken = new NullPointerException("the message is null");
        scope.classifier((known, phase) -> {
            throw broken;
        });

        assertThat(failureOf(failing(failure))).isSameAs(failure).hasSuppressedException(broken);
        assertThat(scope.journal()).containsExactly("open 1", "hook 1", "run 1", "rollback 1 OPERATION GIVE_UP");
    }

    @Test
    void takesTheOutcomeForUnknownWhenTheClassifierThrowsOverACommit() {
        scope.classifier((known, phase) -> {
                    throw new NullPointerException("the message is null");
                })
                .onCommit(context -> {
                    throw DbFailure.unclassified();
                });

        assertThat(failureOf(attempt -> "done")).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void survivesABackoffThatThrows() {
        DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);
        RuntimeException broken = new ArithmeticException("overflow");
        DbopRunner brittle = with(RetryPolicy.builder().backoff(step -> {
            throw broken;
        }));

        assertThat(failureOf(brittle, failing(failure))).isSameAs(failure).hasSuppressedException(broken);
        assertThat(scope.opened()).isEqualTo(1);
    }
}
